// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.netstate.GraphView;
import tollway.netstate.NodeReport;
import tollway.netstate.ServerAddress;

/** A server's graphs as they change, over one connection after another. Owned by its loop. */
final class GraphFeed implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final int MAX_WHY = 200;

  private final ServerAddress server;
  private final EventLoop loop;
  private final Viewer viewer;

  private Duration pause = FIRST_PAUSE;
  private @Nullable FeedConnection connection;
  private @Nullable Timer retry;

  /** Who looks at the graphs; called on the loop. */
  interface Viewer {
    void graph(GraphView view);

    /** The connection failed or ended; another one follows. */
    void lost(Loss loss);
  }

  /** Why there is no graph now: a few words for people, and the exit code for who gives up. */
  record Loss(int exitCode, String why) {}

  GraphFeed(ServerAddress server, EventLoop loop, Viewer viewer) {
    this.server = server;
    this.loop = loop;
    this.viewer = viewer;
  }

  void connect() {
    loop.checkInLoop();
    FeedConnection next = new FeedConnection(server);
    connection = next;
    BackgroundThread.start("netstate-feed", () -> read(next));
  }

  @Override
  public void close() {
    loop.checkInLoop();
    if (retry != null) {
      retry.cancel();
    }
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  /** On the connection's thread. */
  private void read(FeedConnection reading) {
    Loss loss = new Loss(ExitCode.FAILED, "an internal error");
    // Who looks more slowly than the server sends gets the newest graph and misses others.
    AtomicReference<@Nullable GraphView> newest = new AtomicReference<>();
    try {
      reading.read(
          view -> {
            if (newest.getAndSet(view) == null) {
              loop.execute(() -> take(reading, newest.getAndSet(null)));
            }
          });
      loss = new Loss(ExitCode.UNAVAILABLE, "the server ended the stream");
    } catch (IOException broken) {
      loss = new Loss(ExitCode.UNAVAILABLE, why(broken));
    } catch (MalformedBytesException notAGraph) {
      loss = new Loss(ExitCode.INVALID, "it sent " + said(notAGraph));
    } finally {
      Loss seen = loss;
      loop.execute(() -> onLost(reading, seen));
    }
  }

  private void take(FeedConnection from, @Nullable GraphView view) {
    if (from == connection && view != null) {
      pause = FIRST_PAUSE;
      viewer.graph(view);
    }
  }

  private void onLost(FeedConnection from, Loss loss) {
    if (from != connection) {
      return;
    }
    connection = null;
    // Many viewers lose one server at the same moment: they need not come back at the same.
    long millis = pause.toMillis() * ThreadLocalRandom.current().nextInt(80, 121) / 100;
    retry = loop.schedule(Duration.ofMillis(millis), this::connect);
    pause = pause.multipliedBy(2);
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      pause = LONGEST_PAUSE;
    }
    viewer.lost(loss);
  }

  private static String why(IOException broken) {
    if (broken instanceof UnknownHostException) {
      return "no such host";
    }
    if (broken instanceof SocketTimeoutException) {
      return "no answer";
    }
    if (broken instanceof ConnectException || broken instanceof NoRouteToHostException) {
      return said(broken).toLowerCase(Locale.ROOT).replaceFirst(" \\(.*", "");
    }
    return said(broken);
  }

  /** What the other side had a hand in is not for the screen as it is. */
  private static String said(Exception thrown) {
    String text = NodeReport.harmless(String.valueOf(thrown.getMessage()));
    return text.length() <= MAX_WHY ? text : text.substring(0, MAX_WHY) + "...";
  }
}
