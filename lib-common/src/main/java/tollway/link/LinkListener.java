// SPDX-License-Identifier: Apache-2.0
package tollway.link;

/** Who is told, on the owner's loop, what happens on the links. */
public interface LinkListener {
  void datagram(LinkDatagram datagram);

  /** {@code on} can be used from now on; also after its index or address changed. */
  void up(LinkInterface on);

  /** {@code on} cannot be used any more, or not with that index and address. */
  void down(LinkInterface on);
}
