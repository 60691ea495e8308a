// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.loop.EventLoop;
import tollway.loop.StopSignal;
import tollway.loop.Timer;
import tollway.netstate.GraphView;

/** Joins a server's graphs to what shows them, until somebody or something ends it. */
final class Watch implements GraphFeed.Viewer {
  /** For a first graph from a server that is there. */
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(10);

  private final WatchConfig config;
  private final EventLoop loop;
  private final StopSignal stop;
  private final WatchView view;
  private final GraphFeed feed;
  private final long giveUpAt;

  private @Nullable Timer deadline;
  private boolean seen;
  private boolean lost;
  private boolean ended;
  private volatile @Nullable CommandFailedException failure;

  Watch(WatchConfig config, EventLoop loop, StopSignal stop, WatchView view) {
    this.config = config;
    this.loop = loop;
    this.stop = stop;
    this.view = view;
    this.feed = new GraphFeed(config.server(), loop, this);
    this.giveUpAt = loop.nanoTime() + config.patience().toNanos();
  }

  /** Watches until {@code stop} is requested; not on the loop. */
  void run() throws CommandFailedException, InterruptedException {
    loop.execute(this::start);
    stop.await();
    CountDownLatch closed = new CountDownLatch(1);
    loop.execute(
        () -> {
          close();
          closed.countDown();
        });
    closed.await();
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void graph(GraphView graph) {
    if (ended) {
      return;
    }
    seen = true;
    lost = false;
    show(() -> view.show(graph));
    if (config.once()) {
      end(null);
    }
  }

  @Override
  public void lost(GraphFeed.Loss loss) {
    if (ended) {
      return;
    }
    if (!seen && loop.nanoTime() - giveUpAt >= 0) {
      fail(loss.exitCode(), loss.why());
    } else if (!lost) {
      lost = true;
      show(() -> view.lost(loss.why()));
    }
  }

  private interface Showing {
    void show() throws IOException;
  }

  private void show(Showing showing) {
    try {
      showing.show();
    } catch (IOException nobodyLooks) {
      end(new CommandFailedException(ExitCode.FAILED, String.valueOf(nobodyLooks.getMessage())));
    }
  }

  private void start() {
    Duration limit = config.patience().compareTo(FIRST_LIMIT) > 0 ? config.patience() : FIRST_LIMIT;
    deadline =
        loop.schedule(
            limit,
            () -> {
              if (!seen) {
                fail(ExitCode.UNAVAILABLE, "no graph within " + limit.toSeconds() + " s");
              }
            });
    feed.connect();
  }

  private void fail(int exitCode, String why) {
    end(new CommandFailedException(exitCode, "cannot watch " + config.server() + ": " + why));
  }

  private void end(@Nullable CommandFailedException why) {
    if (!ended) {
      ended = true;
      failure = why;
      stop.request();
    }
  }

  private void close() {
    ended = true;
    if (deadline != null) {
      deadline.cancel();
    }
    feed.close();
    view.close();
  }
}
