// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyLoops;
import tollway.stun.StunResponder;

/** One freddie: the signalling server and, beside it, the STUN responder. */
final class FreddieNode implements AutoCloseable {
  private final NettyLoops loops = new NettyLoops(2);
  private final SignalServer server;
  private final InetSocketAddress address;
  private final List<InetSocketAddress> stunAddresses;
  private final @Nullable StunResponder stun;

  private FreddieNode(FreddieConfig config) throws IOException {
    try {
      stun = config.stun().isEmpty() ? null : StunResponder.bind(loops, config.stun());
      stunAddresses = stun == null ? List.of() : stun.addresses();
      server = new SignalServer(loops, config.maxClients());
      address =
          server.bind(config.listen(), stunAddresses.stream().map(FreddieNode::text).toList());
    } catch (IOException refused) {
      loops.close();
      throw refused;
    }
  }

  /** Listens, or says in one line why not. */
  static FreddieNode start(FreddieConfig config) throws IOException {
    return new FreddieNode(config);
  }

  /** Where clients connect. */
  InetSocketAddress address() {
    return address;
  }

  List<InetSocketAddress> stunAddresses() {
    return stunAddresses;
  }

  /** {@code host:port}, IPv6 in brackets. */
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Tells the clients, then closes everything. */
  @Override
  public void close() {
    server.close();
    if (stun != null) {
      stun.close();
    }
    loops.close();
  }
}
