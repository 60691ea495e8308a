// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tollway.loop.EventLoop;

/**
 * The viewers who get every change as a server-sent event. Each gets whole graphs and at most one
 * at a time: who reads slowly skips some, who reads nothing is dropped.
 */
final class EventStreams {
  static final int MAX_STREAMS = 128;

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final byte[] TICK = ascii("event: tick\ndata:\n\n");
  private static final byte[] GRAPH_DATA = ascii("\ndata: ");
  private static final byte[] END = ascii("\n\n");

  private final EventLoop loop;
  private final LiveGraph graph;
  private final Map<Channel, Stream> streams = new LinkedHashMap<>();

  EventStreams(EventLoop loop, LiveGraph graph) {
    this.loop = loop;
    this.graph = graph;
  }

  private static final class Stream {
    long sentVersion = -1;
    long unwritableSince = -1;
  }

  boolean isFull() {
    return streams.size() >= MAX_STREAMS;
  }

  int size() {
    return streams.size();
  }

  /** The head of the response has been written; from now on the channel gets events. */
  void add(Channel channel) {
    loop.checkInLoop();
    Stream stream = new Stream();
    streams.put(channel, stream);
    channel.closeFuture().addListener(closed -> streams.remove(channel));
    offer(channel, stream);
  }

  /** Sends the graph to everybody who has not seen this version of it. */
  void publish() {
    List.copyOf(streams.entrySet()).forEach(entry -> offer(entry.getKey(), entry.getValue()));
  }

  /** The channel took what it was given; a graph that it missed can follow. */
  void writable(Channel channel) {
    Stream stream = streams.get(channel);
    if (stream != null) {
      offer(channel, stream);
    }
  }

  /** Shows everybody that we are alive, and drops those who do not read. */
  void tick() {
    for (Map.Entry<Channel, Stream> entry : List.copyOf(streams.entrySet())) {
      Channel channel = entry.getKey();
      Stream stream = entry.getValue();
      if (channel.isWritable()) {
        stream.unwritableSince = -1;
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(TICK)));
      } else if (stream.unwritableSince < 0) {
        stream.unwritableSince = loop.nanoTime();
      } else if (loop.nanoTime() - stream.unwritableSince > PATIENCE.toNanos()) {
        channel.close();
      }
    }
  }

  private void offer(Channel channel, Stream stream) {
    if (stream.sentVersion == graph.version() || !channel.isWritable()) {
      return;
    }
    stream.sentVersion = graph.version();
    ByteBuf event =
        Unpooled.wrappedBuffer(
            ascii("event: graph\nid: " + graph.version()), GRAPH_DATA, graph.json(), END);
    channel.writeAndFlush(new DefaultHttpContent(event));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
