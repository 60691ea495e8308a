// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tollway.identity.Identity;
import tollway.wire.Endpoint;

/** One round of hellos: as whom, where, and how long to wait; {@code to} instead of everybody. */
record HelloConfig(
    Identity identity, List<String> interfaces, Duration patience, Optional<Endpoint> to) {
  HelloConfig {
    interfaces = List.copyOf(interfaces);
  }
}
