// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.netstate.GraphJson;
import tollway.netstate.NetstateGraph;
import tollway.netstate.NetstateMessage;
import tollway.netstate.Verdict;

/** The graph on its loop: takes messages, forgets the silent, and tells the streams of changes. */
final class LiveGraph implements AutoCloseable {
  /** Changes closer together than this reach the viewers as one. */
  private static final Duration GATHER = Duration.ofMillis(250);

  private static final Duration EXPIRY_CHECK = Duration.ofMillis(500);
  private static final Duration TICK = Duration.ofSeconds(5);

  private final EventLoop loop;
  private final NetstateGraph graph;
  private final EventStreams streams;
  private final Timer expiry;
  private final Timer ticks;

  private byte[] json = new byte[0];
  private long jsonVersion = -1;
  private @Nullable Timer publishing;
  private long lastPublished;

  LiveGraph(EventLoop loop, NetstateGraph graph) {
    this.loop = loop;
    this.graph = graph;
    this.streams = new EventStreams(loop, this);
    this.lastPublished = loop.nanoTime() - GATHER.toNanos();
    this.expiry = loop.every(EXPIRY_CHECK, this::expire);
    this.ticks = loop.every(TICK, streams::tick);
  }

  EventStreams streams() {
    return streams;
  }

  Verdict apply(NetstateMessage message) {
    loop.checkInLoop();
    Verdict verdict = graph.apply(message, loop.nanoTime());
    publishIfChanged();
    return verdict;
  }

  long version() {
    return graph.version();
  }

  /** The graph as one line; not to be changed by the caller, who may send it as it is. */
  byte[] json() {
    loop.checkInLoop();
    if (jsonVersion != graph.version()) {
      jsonVersion = graph.version();
      json = GraphJson.format(graph.view()).getBytes(StandardCharsets.UTF_8);
    }
    return json;
  }

  @Override
  public void close() {
    expiry.cancel();
    ticks.cancel();
    if (publishing != null) {
      publishing.cancel();
    }
  }

  private void expire() {
    graph.expire(loop.nanoTime());
    publishIfChanged();
  }

  private void publishIfChanged() {
    if (publishing != null || jsonVersion == graph.version()) {
      return;
    }
    long wait = Math.max(0, lastPublished + GATHER.toNanos() - loop.nanoTime());
    publishing =
        loop.schedule(
            Duration.ofNanos(wait),
            () -> {
              publishing = null;
              lastPublished = loop.nanoTime();
              streams.publish();
            });
  }
}
