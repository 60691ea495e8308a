// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tollway.bytes.MalformedBytesException;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;

/**
 * The addresses behind {@code HOST:PORT} texts of STUN servers. Nothing waits for a name: whoever
 * connects meanwhile is given the name itself, and looks it up beside the rest.
 */
final class StunServers {
  private static final int MOST = 8;

  /** How a name becomes an address; may block. */
  interface Lookup {
    InetAddress of(String name) throws UnknownHostException;
  }

  private StunServers() {}

  /**
   * Hands over what is known at once, and again with every name that was looked up; on the loop.
   */
  static void resolve(
      EventLoop loop, Stream<String> texts, Lookup lookup, Consumer<List<InetSocketAddress>> sink) {
    loop.checkInLoop();
    Map<String, InetSocketAddress> known = new LinkedHashMap<>();
    texts.distinct().limit(MOST).forEach(text -> parse(text, known));
    sink.accept(List.copyOf(known.values()));
    Map.copyOf(known).entrySet().stream()
        .filter(entry -> entry.getValue().isUnresolved())
        .forEach(entry -> lookUp(loop, lookup, entry.getKey(), known, sink));
  }

  private static void parse(String text, Map<String, InetSocketAddress> known) {
    try {
      Destination server = Destination.parse(text, 0);
      byte[] literal = NetUtil.createByteArrayFromIpAddressString(server.host());
      known.put(
          text,
          literal == null
              ? InetSocketAddress.createUnresolved(server.host(), server.port())
              : new InetSocketAddress(InetAddress.getByAddress(literal), server.port()));
    } catch (MalformedBytesException | UnknownHostException useless) {
      // One server less: the invite was checked where it was read, freddie's word was not.
    }
  }

  /** A thread for each: a name server that is silent for one name holds up no other. */
  private static void lookUp(
      EventLoop loop,
      Lookup lookup,
      String text,
      Map<String, InetSocketAddress> known,
      Consumer<List<InetSocketAddress>> sink) {
    InetSocketAddress name = known.get(text);
    if (name == null) {
      return;
    }
    BackgroundThread.start(
        "stun-name",
        () -> {
          InetSocketAddress found = address(lookup, name);
          loop.execute(
              () -> {
                if (found.isUnresolved()) {
                  known.remove(text);
                } else {
                  known.put(text, found);
                }
                sink.accept(List.copyOf(known.values()));
              });
        });
  }

  private static InetSocketAddress address(Lookup lookup, InetSocketAddress name) {
    try {
      return new InetSocketAddress(lookup.of(name.getHostString()), name.getPort());
    } catch (UnknownHostException unknown) {
      return name;
    }
  }
}
