// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.exec.Host;
import tollway.loop.EventLoop;
import tollway.neighbor.NeighborId;
import tollway.tunnel.TunnelNames;

/**
 * Tells the operator's program of tunnels that come and go, so that it can set routes: {@code
 * PROGRAM up|down INTERFACE NEIGHBOUR'S-KEY NEIGHBOUR'S-ADDRESS LINK}. One call at a time, on a
 * loop of its own: a slow program delays nobody.
 */
final class TunnelHook {
  private static final Logger log = LoggerFactory.getLogger(TunnelHook.class);

  private final EventLoop loop;
  private final Host host;
  private final Optional<Path> program;

  TunnelHook(EventLoop loop, Host host, Optional<Path> program) {
    this.host = host;
    this.loop = loop;
    this.program = program;
  }

  void tell(boolean up, String tunnel, NeighborId neighbor) {
    if (program.isEmpty()) {
      return;
    }
    String address =
        NetUtil.toAddressString(TunnelNames.linkLocal(neighbor.node().key())); // RFC 5952
    List<String> command =
        List.of(
            program.get().toString(),
            up ? "up" : "down",
            tunnel,
            neighbor.node().base64(),
            address,
            neighbor.link());
    loop.execute(
        () -> {
          try {
            host.run(command);
          } catch (IOException failed) {
            log.warn("{}", failed.getMessage());
          }
        });
  }
}
