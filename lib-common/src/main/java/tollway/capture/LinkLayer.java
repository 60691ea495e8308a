// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

/** How a recorded packet begins, by its number in https://www.tcpdump.org/linktypes.html. */
public record LinkLayer(int number) {
  static final LinkLayer BSD_LOOPBACK = new LinkLayer(0);
  static final LinkLayer ETHERNET = new LinkLayer(1);
  static final LinkLayer RAW_IP = new LinkLayer(101);
  static final LinkLayer OPENBSD_LOOPBACK = new LinkLayer(108);
  static final LinkLayer LINUX_COOKED = new LinkLayer(113);
  static final LinkLayer RAW_IPV4 = new LinkLayer(228);
  static final LinkLayer RAW_IPV6 = new LinkLayer(229);
  static final LinkLayer LINUX_COOKED_2 = new LinkLayer(276);

  /** A hex dump does not say: it is told by what the bytes look like. */
  static final LinkLayer UNTOLD = new LinkLayer(-1);
}
