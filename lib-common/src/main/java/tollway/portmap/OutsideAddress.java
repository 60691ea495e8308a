// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;

/** What a router may call its address outside. */
final class OutsideAddress {
  private OutsideAddress() {}

  /** Whether it is one host's, and not one that RFC 6890 keeps for use inside some network. */
  static boolean isReachable(Inet4Address address) {
    byte[] raw = address.getAddress();
    int first = raw[0] & 0xff;
    int second = raw[1] & 0xff;
    boolean nobody = first == 0 || first == 127 || first >= 224;
    boolean inside =
        address.isSiteLocalAddress()
            || address.isLinkLocalAddress()
            || (first == 100 && (second & 0xc0) == 64)
            || (first == 192 && second == 0 && raw[2] == 0)
            || (first == 198 && (second & 0xfe) == 18);
    return !nobody && !inside;
  }
}
