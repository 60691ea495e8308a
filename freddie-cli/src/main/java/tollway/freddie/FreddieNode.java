// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tollway.bus.Bus;
import tollway.bus.InProcessBus;
import tollway.cli.HostPort;
import tollway.loop.NettyLoops;
import tollway.stun.StunResponder;
import tollway.tls.ServerTls;

/** One freddie: the signalling server and, beside it, the STUN responder. */
final class FreddieNode implements AutoCloseable {
  private final NettyLoops loops = new NettyLoops(2);
  private final Bus bus;
  private final SignalServer server;
  private final List<String> stunServers;
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable StunResponder stun;

  private FreddieNode(FreddieConfig config, Bus bus) throws IOException {
    this.bus = bus;
    try {
      stunServers = startStun(config);
      server =
          SignalServer.start(
              loops, config.listen(), config.tls().orElse(null), config.limits(), stunServers, bus);
    } catch (IOException refused) {
      closeStun();
      bus.close();
      loops.close();
      throw refused;
    }
  }

  /** Listens, or says in one line why not. */
  static FreddieNode start(FreddieConfig config) throws IOException {
    return start(config, config.bus().map(BusConfig::start).orElseGet(new InProcessBus()::join));
  }

  /** With other instances on {@code bus}, which it closes in the end. */
  static FreddieNode start(FreddieConfig config, Bus bus) throws IOException {
    return new FreddieNode(config, bus);
  }

  /** Where clients connect. */
  InetSocketAddress address() {
    return server.address();
  }

  /** From now on this is the certificate; connections that are open keep theirs. Any thread. */
  void present(ServerTls tls) {
    server.present(tls);
  }

  /** From now on clients find its list at {@code /v2/list}. Any thread. */
  void show(ListBoard list) {
    server.show(list);
  }

  /** Sends newcomers away; completes when those who are paired have said what they had to say. */
  CompletableFuture<Void> drain() {
    return server.drain();
  }

  /** The STUN servers that clients are told of, {@code host:port}. */
  List<String> stunServers() {
    return stunServers;
  }

  /** {@code host:port}, IPv6 in brackets. */
  static String text(InetSocketAddress address) {
    return new HostPort(address.getAddress().getHostAddress(), address.getPort()).toString();
  }

  /** Tells the clients, then closes everything; waits until that is done. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    server.close();
    bus.close();
    closeStun();
    loops.close();
  }

  private List<String> startStun(FreddieConfig config) throws IOException {
    List<FreddieConfig.StunAddress> wanted = config.stun();
    if (wanted.isEmpty()) {
      return List.of();
    }
    StunResponder responder =
        StunResponder.bind(
            loops,
            wanted.stream().map(FreddieConfig.StunAddress::bind).toList(),
            config.stunAlternate());
    stun = responder;
    List<String> told = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      String asked = wanted.get(i).told();
      told.add(asked.isEmpty() ? text(responder.addresses().get(i)) : asked);
    }
    return told;
  }

  private void closeStun() {
    if (stun != null) {
      stun.close();
    }
  }
}
