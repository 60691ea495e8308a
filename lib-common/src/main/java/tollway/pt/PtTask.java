// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a host asks of us by its environment. */
public sealed interface PtTask {
  /** What we are called, in torrc and on bridge lines. */
  String TRANSPORT = "tollway";

  /** Where files may be kept; it need not exist. */
  Path state();

  /** Whether the end of our standard input means that we shall end. */
  boolean endsWithInput();

  /** Whether the host wants our transport at all. */
  boolean wanted();

  /** To take the host's connections by SOCKS5. */
  record Client(Path state, boolean endsWithInput, boolean wanted) implements PtTask {}

  /**
   * To bring people's connections to the host.
   *
   * @param listen where people shall come in; empty when it does not matter
   * @param destination the host's port
   * @param cookie the file that proves who we are, when that port is an Extended ORPort
   * @param options what the host's operator says of us
   */
  record Server(
      Path state,
      boolean endsWithInput,
      boolean wanted,
      Optional<InetSocketAddress> listen,
      InetSocketAddress destination,
      Optional<Path> cookie,
      List<PtArgument> options)
      implements PtTask {
    public Server {
      options = List.copyOf(options);
    }
  }
}
