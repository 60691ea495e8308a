// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.net.InetSocketAddress;
import java.util.Optional;
import tollway.bytes.Bytes;

/** What a recorded packet holds. */
public sealed interface Finding {
  /** A UDP datagram; of bare bytes nobody knows between whom. */
  record Datagram(Optional<Ends> ends, Bytes payload) implements Finding {}

  /** A datagram whose last {@code missing} bytes were not recorded. */
  record CutDatagram(Ends ends, Bytes payload, long missing) implements Finding {}

  /** A part of an IP packet: what it is a part of is not guessed. */
  record Fragment(String why) implements Finding {}

  /** No UDP datagram; {@code why} says what instead. */
  record Other(String why) implements Finding {}

  /** From where to where. */
  record Ends(InetSocketAddress source, InetSocketAddress destination) {}
}
