// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tollway.bytes.MalformedBytesException;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;

/** The addresses behind {@code HOST:PORT} texts of STUN servers; unknown names are left out. */
final class StunServers {
  private static final int MOST = 8;

  private StunServers() {}

  /** Looks names up beside the loop, since that blocks, and hands the addresses to the loop. */
  static void resolve(
      NettyEventLoop loop, Stream<String> texts, Consumer<List<InetSocketAddress>> sink) {
    List<String> wanted = texts.distinct().limit(MOST).toList();
    List<InetSocketAddress> literal =
        wanted.stream().map(text -> address(text, false)).flatMap(Optional::stream).toList();
    if (literal.size() == wanted.size()) {
      sink.accept(literal);
      return;
    }
    BackgroundThread.start(
        "stun-names",
        () -> {
          List<InetSocketAddress> all =
              wanted.stream().map(text -> address(text, true)).flatMap(Optional::stream).toList();
          loop.execute(() -> sink.accept(all));
        });
  }

  private static Optional<InetSocketAddress> address(String text, boolean lookUp) {
    try {
      Destination server = Destination.parse(text, 0);
      byte[] literal = NetUtil.createByteArrayFromIpAddressString(server.host());
      if (literal == null && !lookUp) {
        return Optional.empty();
      }
      InetAddress host =
          literal == null
              ? InetAddress.getByName(server.host())
              : InetAddress.getByAddress(literal);
      return Optional.of(new InetSocketAddress(host, server.port()));
    } catch (MalformedBytesException | UnknownHostException useless) {
      return Optional.empty();
    }
  }
}
