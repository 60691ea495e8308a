// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.loop.ManualEventLoop;
import tollway.netstate.GraphLimits;
import tollway.netstate.NetstateGraph;
import tollway.netstate.NodeReport;
import tollway.netstate.Role;
import tollway.netstate.Verdict;

final class EventStreamsTest {
  private final ManualEventLoop loop = new ManualEventLoop();
  private final LiveGraph graph =
      new LiveGraph(loop, new NetstateGraph(GraphLimits.DEFAULT, Bytes.ofUtf8("salt")));
  private long seqno;

  @Test
  void aNewViewerSeesTheGraphAtOnce() {
    hear(Cast.alice());
    assertThat(received(view())).singleElement().asString().contains("\"alice\"").endsWith("\n\n");
  }

  @Test
  void aBurstOfChangesIsOneEvent() {
    EmbeddedChannel viewer = view();
    loop.advance(Duration.ofSeconds(1));
    received(viewer);
    for (int rate = 1; rate <= 20; rate++) {
      hear(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, rate)));
      loop.advance(Duration.ofMillis(5));
    }
    loop.advance(Duration.ofMillis(400));
    List<String> events = received(viewer);
    assertThat(events).hasSizeBetween(1, 2);
    assertThat(events.get(events.size() - 1)).contains("\"bytesPerSecond\":20");
  }

  @Test
  void silenceIsBrokenByTicks() {
    EmbeddedChannel viewer = view();
    received(viewer);
    loop.advance(Duration.ofSeconds(11));
    assertThat(received(viewer))
        .containsExactly("event: tick\ndata:\n\n", "event: tick\ndata:\n\n");
  }

  @Test
  void aSlowViewerSkipsGraphsAndGetsTheNewest() {
    EmbeddedChannel viewer = view();
    received(viewer);
    viewer.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    for (int rate = 1; rate <= 5; rate++) {
      hear(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, rate)));
      loop.advance(Duration.ofSeconds(1));
    }
    assertThat(received(viewer)).isEmpty();
    viewer.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    graph.streams().writable(viewer);
    assertThat(received(viewer)).singleElement().asString().contains("\"bytesPerSecond\":5");
  }

  @Test
  void whoReadsNothingIsDropped() {
    EmbeddedChannel deaf = view();
    EmbeddedChannel viewer = view();
    deaf.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    loop.advance(Duration.ofSeconds(30));
    deaf.runPendingTasks();
    assertThat(deaf.isOpen()).isFalse();
    assertThat(viewer.isOpen()).isTrue();
    assertThat(graph.streams().size()).isEqualTo(1);
  }

  @Test
  void whoLeavesMakesRoom() {
    List<EmbeddedChannel> viewers = new ArrayList<>();
    while (!graph.streams().isFull()) {
      viewers.add(view());
    }
    assertThat(viewers).hasSize(EventStreams.MAX_STREAMS);
    viewers.get(7).close();
    assertThat(graph.streams().isFull()).isFalse();
  }

  private void hear(NodeReport report) {
    assertThat(graph.apply(Cast.state(report, ++seqno))).isEqualTo(Verdict.ACCEPTED);
  }

  private EmbeddedChannel view() {
    EmbeddedChannel channel = new EmbeddedChannel();
    graph.streams().add(channel);
    return channel;
  }

  private static List<String> received(EmbeddedChannel channel) {
    List<String> texts = new ArrayList<>();
    for (@Nullable HttpContent part = channel.readOutbound();
        part != null;
        part = channel.readOutbound()) {
      ByteBuf content = part.content();
      texts.add(content.toString(StandardCharsets.UTF_8));
      part.release();
    }
    return texts;
  }
}
