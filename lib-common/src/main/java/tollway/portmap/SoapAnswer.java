// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.util.Optional;

/** What a router says to an action. */
sealed interface SoapAnswer {
  /** Done. What was told beside that: a reachable address, and a port or 0. */
  record Done(Optional<Inet4Address> host, int port) implements SoapAnswer {}

  /** An error of UPnP's numbering. */
  record Fault(int code) implements SoapAnswer {}
}
