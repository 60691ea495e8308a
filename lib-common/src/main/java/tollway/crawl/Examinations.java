// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tollway.loop.NettyEventLoop;
import tollway.stun.StunSocket;

/**
 * Examines STUN servers from one socket for each family, so that all see the same address of ours:
 * what one says can be held against the others. Lives on one loop.
 */
public final class Examinations implements AutoCloseable {
  private final NettyEventLoop loop;
  private final ExamPace pace;
  private final Map<InetSocketAddress, Examiner> running = new HashMap<>();
  private final Map<SocketProtocolFamily, CompletableFuture<StunSocket>> sockets =
      new EnumMap<>(SocketProtocolFamily.class);

  public Examinations(NettyEventLoop loop, ExamPace pace) {
    this.loop = loop;
    this.pace = pace;
  }

  /**
   * Examines a server, which is resolved; not the same twice at a time. The future completes on the
   * loop and never fails. Any thread.
   */
  public CompletableFuture<Examination> examine(InetSocketAddress server) {
    SocketProtocolFamily family =
        server.getAddress() instanceof Inet4Address
            ? SocketProtocolFamily.INET
            : SocketProtocolFamily.INET6;
    return CompletableFuture.supplyAsync(
            () ->
                sockets.computeIfAbsent(
                    family, missing -> StunSocket.open(loop, missing, this::stray)),
            loop)
        .thenCompose(opened -> opened)
        .thenComposeAsync(socket -> examine(socket, server), loop)
        .exceptionally(
            failed ->
                Examination.failed(
                    server,
                    Verdict.UNREACHABLE,
                    String.valueOf(
                        (failed.getCause() == null ? failed : failed.getCause()).getMessage())));
  }

  private CompletableFuture<Examination> examine(StunSocket socket, InetSocketAddress server) {
    Examiner examiner = new Examiner(loop, socket, server, pace);
    running.put(server, examiner);
    return examiner.examine().whenComplete((done, never) -> running.remove(server));
  }

  private void stray(InetSocketAddress from, String why) {
    Examiner examiner = running.get(from);
    if (examiner != null) {
      examiner.stray(why);
    }
  }

  /** Whoever is being examined will be silent. Any thread. */
  @Override
  public void close() {
    loop.execute(() -> sockets.values().forEach(each -> each.thenAccept(StunSocket::close)));
  }
}
