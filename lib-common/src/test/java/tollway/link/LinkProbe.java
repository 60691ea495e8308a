// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import tollway.bytes.Bytes;
import tollway.loop.ThreadEventLoop;

/**
 * A node for {@link LinkSocketIT}: tells what happens on its links, a line each, and obeys lines on
 * standard input: {@code say TEXT}, {@code burst COUNT}, {@code stall MILLIS}, {@code counters}.
 */
final class LinkProbe implements LinkListener {
  private final LinkSocket socket;

  private LinkProbe(ThreadEventLoop loop, List<String> interfaces) throws IOException {
    socket = LinkSocket.open(loop, LinkConfig.wellKnown(interfaces, 64), this);
  }

  public static void main(String[] interfaces) throws Exception {
    ThreadEventLoop loop = new ThreadEventLoop("probe");
    CompletableFuture<LinkProbe> opened = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            opened.complete(new LinkProbe(loop, List.of(interfaces)));
          } catch (IOException refused) {
            opened.completeExceptionally(refused);
          }
        });
    LinkProbe probe = opened.get();
    say("open");
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] order = line.split(" ", 2);
      loop.execute(() -> probe.obey(order[0], order.length > 1 ? order[1] : ""));
    }
    loop.execute(probe.socket::close);
  }

  private void obey(String order, String argument) {
    switch (order) {
      case "say" -> multicast(argument);
      case "burst" -> {
        for (int i = 0; i < Integer.parseInt(argument); i++) {
          multicast("burst");
        }
        say("burst done");
      }
      case "stall" -> {
        say("stalled");
        LockSupport.parkNanos(Duration.ofMillis(Long.parseLong(argument)).toNanos());
        say("going on");
      }
      case "counters" -> say(socket.counters().toString());
      default -> say("what is " + order + "?");
    }
  }

  private void multicast(String text) {
    for (LinkInterface on : socket.interfaces()) {
      socket.multicast(on, Bytes.ofUtf8(text));
    }
  }

  @Override
  public void datagram(LinkDatagram datagram) {
    say("got " + datagram.payload().utf8() + " on " + datagram.on().name());
  }

  @Override
  public void up(LinkInterface on) {
    say("up " + on.name() + " " + on.index());
  }

  @Override
  public void down(LinkInterface on) {
    say("down " + on.name());
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
