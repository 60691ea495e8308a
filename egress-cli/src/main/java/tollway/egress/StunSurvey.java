// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import tollway.bytes.MalformedBytesException;
import tollway.console.Check;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;
import tollway.pipeline.Destination;
import tollway.stun.StunClient;

/** Asks STUN servers, all at once, how we look from outside: whether UDP gets through. */
final class StunSurvey {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST = 8;
  private static final String NAME = "stun";

  private final List<CompletableFuture<InetSocketAddress>> questions = new ArrayList<>();

  /** Begins to ask {@code servers}, each {@code HOST:PORT}. */
  StunSurvey(NettyEventLoop loop, Stream<String> servers) {
    servers.distinct().limit(MOST).forEach(server -> questions.add(ask(loop, server)));
  }

  private static CompletableFuture<InetSocketAddress> ask(NettyEventLoop loop, String server) {
    CompletableFuture<InetSocketAddress> answer = new CompletableFuture<>();
    BackgroundThread.start(
        "stun-name",
        () -> {
          try {
            Destination at = Destination.parse(server, 0);
            InetSocketAddress address =
                new InetSocketAddress(InetAddress.getByName(at.host()), at.port());
            StunClient.query(loop, address, PATIENCE)
                .whenComplete(
                    (mapped, failure) -> {
                      if (failure != null) {
                        answer.completeExceptionally(failure);
                      } else {
                        answer.complete(mapped);
                      }
                    });
          } catch (MalformedBytesException | UnknownHostException useless) {
            answer.completeExceptionally(new IOException(useless));
          }
        });
    return answer;
  }

  boolean isEmpty() {
    return questions.isEmpty();
  }

  /** Waits for the answers; {@code connected}: a data channel came to be all the same. */
  Check check(boolean connected, boolean showAddress) throws InterruptedException {
    if (questions.isEmpty()) {
      return Check.warn(
          NAME,
          "neither freddie nor the invite names a server",
          "'freddie serve --stun' makes one");
    }
    List<InetSocketAddress> seen = answers();
    String count = seen.size() + " of " + questions.size() + " servers answer";
    if (seen.isEmpty()) {
      return connected
          ? Check.warn(NAME, count, "only volunteers in this network can be met")
          : Check.fail(
              NAME,
              count + " by UDP",
              "UDP is blocked here, by a firewall or the network; try another network");
    }
    String text = count + "; from outside we have " + describe(seen, showAddress);
    return seen.size() == questions.size()
        ? Check.ok(NAME, text)
        : Check.warn(NAME, text, "the others are down, or of a family that we lack");
  }

  private List<InetSocketAddress> answers() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos() + Duration.ofMillis(500).toNanos();
    List<InetSocketAddress> seen = new ArrayList<>();
    for (CompletableFuture<InetSocketAddress> each : questions) {
      try {
        seen.add(each.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (ExecutionException | TimeoutException silent) {
        // Those who answered are counted.
      }
    }
    return seen;
  }

  private static String describe(List<InetSocketAddress> seen, boolean showAddress) {
    return String.join(
        " and ",
        seen.stream()
            .map(InetSocketAddress::getAddress)
            .map(
                address ->
                    showAddress
                        ? address.getHostAddress()
                        : address instanceof Inet4Address ? "an IPv4 address" : "an IPv6 address")
            .distinct()
            .toList());
  }
}
