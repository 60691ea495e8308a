// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Optional;
import javax.net.ssl.SSLContext;
import tollway.bus.Bus;
import tollway.bus.NatsBus;
import tollway.bus.NatsLogin;
import tollway.bus.NatsServers;

/** How to get on the bus where the other instances of this freddie are. */
record BusConfig(NatsServers servers, NatsLogin login, Optional<SSLContext> tls) {
  Bus start() {
    return NatsBus.start(servers, login, tls);
  }

  /** Why no server lets us in, or empty. Waits, as {@link NatsBus#probe}. */
  Optional<String> probe() throws InterruptedException {
    return NatsBus.probe(servers, login, tls);
  }
}
