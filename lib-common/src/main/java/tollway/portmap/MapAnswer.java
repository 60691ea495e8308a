// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;

/** What a router said. Everything else it may say means no. */
sealed interface MapAnswer {
  /** PCP: the whole mapping in one answer; {@code seconds} it is valid. */
  record Mapped(Inet4Address host, int port, long seconds) implements MapAnswer {}

  /** NAT-PMP: the port alone. */
  record PortMapped(int port, long seconds) implements MapAnswer {}

  /** NAT-PMP: the router's address outside. */
  record OutsideAddress(Inet4Address host) implements MapAnswer {}

  /** The router speaks NAT-PMP only. */
  record OlderProtocol() implements MapAnswer {}

  record Refused() implements MapAnswer {}
}
