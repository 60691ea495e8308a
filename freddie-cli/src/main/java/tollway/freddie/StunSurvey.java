// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tollway.cli.HostPort;
import tollway.crawl.Consensus;
import tollway.crawl.ExamPace;
import tollway.crawl.Examination;
import tollway.crawl.Examinations;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;
import tollway.stun.NatBehavior;
import tollway.stun.NatDiscovery;
import tollway.stun.StunPace;

/** Examines servers by name, all at once. Its calls wait, for a bounded time. */
final class StunSurvey {
  /** How long a name may take, and one that is silent holds up no other. */
  private static final Duration LOOKUP = Duration.ofSeconds(5);

  /** More than one opinion on our NAT, and not too many. */
  private static final int MOST_DISCOVERIES = 3;

  private final NettyEventLoop loop;
  private final ExamPace pace;
  private final Set<InetAddress> known;

  StunSurvey(NettyEventLoop loop, ExamPace pace, Set<InetAddress> known) {
    this.loop = loop;
    this.pace = pace;
    this.known = known;
  }

  /** In the order asked for; also of the names that nobody knows. */
  Map<HostPort, Examination> examine(List<HostPort> servers) throws InterruptedException {
    Map<HostPort, CompletableFuture<InetSocketAddress>> lookups = new LinkedHashMap<>();
    servers.forEach(server -> lookups.put(server, lookUp(server)));
    Map<HostPort, Examination> found = new LinkedHashMap<>();
    Map<HostPort, InetSocketAddress> addresses = new LinkedHashMap<>();
    long deadline = System.nanoTime() + LOOKUP.toNanos();
    for (Map.Entry<HostPort, CompletableFuture<InetSocketAddress>> each : lookups.entrySet()) {
      HostPort server = each.getKey();
      // In its place, until it is known better.
      found.put(server, unknown(server, "no such host"));
      try {
        long left = Math.max(0, deadline - System.nanoTime());
        addresses.put(server, each.getValue().get(left, TimeUnit.NANOSECONDS));
      } catch (ExecutionException unknown) {
        // As was said.
      } catch (TimeoutException late) {
        found.put(server, unknown(server, "its name is not found within 5 s"));
      }
    }
    Map<InetSocketAddress, Examination> examined = examine(Set.copyOf(addresses.values()));
    addresses.forEach(
        (server, address) ->
            found.computeIfPresent(
                server, (same, unknown) -> examined.getOrDefault(address, unknown)));
    return found;
  }

  private Map<InetSocketAddress, Examination> examine(Set<InetSocketAddress> addresses)
      throws InterruptedException {
    try (Examinations examinations = new Examinations(loop, pace)) {
      List<CompletableFuture<Examination>> running =
          addresses.stream().map(examinations::examine).toList();
      List<Examination> found = new ArrayList<>();
      for (CompletableFuture<Examination> each : running) {
        found.add(result(each));
      }
      Map<InetSocketAddress, Examination> settled = new LinkedHashMap<>();
      new Consensus(known).settle(found).forEach(each -> settled.put(each.server(), each));
      return settled;
    }
  }

  /** An examination ends by itself, and never fails. */
  private static Examination result(CompletableFuture<Examination> examination)
      throws InterruptedException {
    try {
      return examination.get();
    } catch (ExecutionException bug) {
      throw new IllegalStateException(bug);
    }
  }

  /** What the NAT here does, as some of the servers that help with that see it. */
  Map<HostPort, NatBehavior> discover(Map<HostPort, Examination> found)
      throws InterruptedException {
    Map<HostPort, CompletableFuture<NatBehavior>> running = new LinkedHashMap<>();
    found.forEach(
        (asked, each) -> {
          boolean helps =
              each.isGood() && each.said().orElseThrow().discovery() != Examination.Discovery.NO;
          if (helps && running.size() < MOST_DISCOVERIES) {
            running.put(
                asked,
                NatDiscovery.discover(
                    loop, each.server(), new StunPace(pace.patience().dividedBy(3), 2)));
          }
        });
    Map<HostPort, NatBehavior> behaviors = new LinkedHashMap<>();
    for (Map.Entry<HostPort, CompletableFuture<NatBehavior>> each : running.entrySet()) {
      try {
        behaviors.put(each.getKey(), each.getValue().get());
      } catch (ExecutionException useless) {
        // It promised more than it does: nothing is learnt from it.
      }
    }
    return behaviors;
  }

  private static Examination unknown(HostPort server, String why) {
    return Examination.failed(
        InetSocketAddress.createUnresolved(server.host(), server.port()),
        tollway.crawl.Verdict.UNREACHABLE,
        why);
  }

  private static CompletableFuture<InetSocketAddress> lookUp(HostPort server) {
    CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
    BackgroundThread.start(
        "stun-name",
        () -> {
          try {
            found.complete(
                new InetSocketAddress(InetAddress.getByName(server.host()), server.port()));
          } catch (UnknownHostException unknown) {
            found.completeExceptionally(new IOException(unknown));
          }
        });
    return found;
  }
}
