// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.cli.ExitCode;
import tollway.lab.Await;
import tollway.loop.NettyLoops;
import tollway.loop.ThreadEventLoop;
import tollway.netstate.GraphLimits;
import tollway.netstate.GraphView;
import tollway.netstate.NetstateReporter;
import tollway.netstate.ReporterConfig;
import tollway.netstate.ServerAddress;

final class GraphFeedTest {
  private static class Seen implements GraphFeed.Viewer {
    final List<GraphView> graphs = new CopyOnWriteArrayList<>();
    final List<GraphFeed.Loss> losses = new CopyOnWriteArrayList<>();

    @Override
    public void graph(GraphView view) {
      graphs.add(view);
    }

    @Override
    public void lost(GraphFeed.Loss loss) {
      losses.add(loss);
    }
  }

  @Test
  void comesBackToAServerThatCameBack() throws Exception {
    Seen seen = new Seen();
    try (NettyLoops loops = new NettyLoops(1);
        ThreadEventLoop loop = new ThreadEventLoop("feed")) {
      NetstateServer server = serve(loops, 0);
      int port = server.address().getPort();
      GraphFeed feed = feed(port, loop, seen);
      loop.execute(feed::connect);
      Await.until("a graph", () -> seen.graphs.size() == 1);
      server.close();
      Await.until("two losses", () -> seen.losses.size() >= 2);
      assertThat(seen.losses)
          .extracting(GraphFeed.Loss::exitCode)
          .containsOnly(ExitCode.UNAVAILABLE);
      NetstateServer again = serve(loops, port);
      try (NetstateReporter alice =
          NetstateReporter.start(ReporterConfig.of("http://127.0.0.1:" + port, Cast.TOKEN))) {
        alice.update(Cast.alice());
        Await.until(
            "alice on the server that came back",
            () -> seen.graphs.get(seen.graphs.size() - 1).nodes().size() == 1);
      }
      Await.until(
          "alice's goodbye", () -> seen.graphs.get(seen.graphs.size() - 1).nodes().isEmpty());
      loop.execute(feed::close);
      again.close();
    }
  }

  @Test
  void whoLooksSlowlySeesTheNewest() throws Exception {
    CountDownLatch look = new CountDownLatch(1);
    Seen seen =
        new Seen() {
          @Override
          public void graph(GraphView view) {
            super.graph(view);
            try {
              look.await();
            } catch (InterruptedException stopping) {
              Thread.currentThread().interrupt();
            }
          }
        };
    String event = "event: graph\ndata: {\"version\":%d,\"nodes\":[],\"links\":[]}\n\n";
    String events =
        IntStream.rangeClosed(1, 1000).mapToObj(event::formatted).collect(Collectors.joining());
    try (ThreadEventLoop loop = new ThreadEventLoop("feed");
        HostileServer server = HostileServer.saying(HostileServer.EVENTS + events)) {
      GraphFeed feed = new GraphFeed(ServerAddress.parse(server.url()), loop, seen);
      loop.execute(feed::connect);
      Await.until("a first graph", () -> !seen.graphs.isEmpty());
      Await.until("all is read", () -> !isReading());
      look.countDown();
      Await.until("the stream's end", () -> !seen.losses.isEmpty());
      loop.execute(feed::close);
      assertThat(seen.losses.get(0).why()).isEqualTo("the server ended the stream");
      assertThat(seen.graphs).hasSizeLessThanOrEqualTo(2);
      assertThat(seen.graphs.get(seen.graphs.size() - 1).version()).isEqualTo(1000);
    }
  }

  private static boolean isReading() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("netstate-feed"));
  }

  private static GraphFeed feed(int port, ThreadEventLoop loop, Seen seen) {
    return new GraphFeed(ServerAddress.parse("http://127.0.0.1:" + port), loop, seen);
  }

  private static NetstateServer serve(NettyLoops loops, int port) throws Exception {
    return NetstateServer.start(
        loops,
        new ServeConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            Cast.TOKEN,
            GraphLimits.DEFAULT));
  }
}
