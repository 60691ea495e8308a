// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tollway.lab.Await;
import tollway.loop.NettyEventLoop;
import tollway.webrtc.ForeignPeer.Signal;

/** Our end of a connection to a foreign peer, and the signalling between the two. */
final class OurPeer implements PeerListener {
  final CompletableFuture<String> closed = new CompletableFuture<>();

  /** The candidates of the other one, as it told them. */
  final List<String> heardCandidates = new ArrayList<>();

  private final NettyEventLoop loop;
  private final ForeignPeer foreign;
  private final Map<String, Line> lines = new ConcurrentHashMap<>();
  private final Queue<Signal> said = new ConcurrentLinkedQueue<>();
  private final PeerConnection connection;

  private OurPeer(NettyEventLoop loop, ForeignPeer foreign, PeerConfig config, String offer) {
    this.loop = loop;
    this.foreign = foreign;
    connection =
        offer.isEmpty()
            ? PeerConnection.offer(loop, config, this)
            : PeerConnection.answer(loop, config, offer, this);
  }

  /** We offer a channel; the other one answers. */
  static OurPeer offer(NettyEventLoop loop, ForeignPeer foreign, ChannelOptions channel) {
    return new OurPeer(loop, foreign, PeerConfig.defaults().withChannel(channel), "");
  }

  /** The other one offers; we answer. */
  static OurPeer answer(NettyEventLoop loop, ForeignPeer foreign) throws Exception {
    return answer(loop, foreign, PeerConfig.defaults());
  }

  static OurPeer answer(NettyEventLoop loop, ForeignPeer foreign, PeerConfig config)
      throws Exception {
    List<Signal> heard = new ArrayList<>();
    Await.until(
        "an offer",
        () -> {
          heard.addAll(foreign.said());
          return !heard.isEmpty();
        });
    OurPeer made = new OurPeer(loop, foreign, config, heard.get(0).text());
    heard.subList(1, heard.size()).forEach(made::hear);
    return made;
  }

  /** Carries signals both ways until the channel is open at both ends. */
  Line open(String label) throws Exception {
    Await.until(
        label + " is open at both ends",
        () -> {
          for (Signal signal = said.poll(); signal != null; signal = said.poll()) {
            foreign.hear(signal);
          }
          foreign.said().forEach(this::hear);
          if (closed.isDone()) {
            throw new AssertionError("closed instead: " + closed.get());
          }
          return lines.containsKey(label) && foreign.isOpen(label);
        });
    return Objects.requireNonNull(lines.get(label));
  }

  private void hear(Signal signal) {
    if (signal.isDescription()) {
      loop.execute(() -> connection.acceptAnswer(signal.text()));
    } else {
      heardCandidates.add(signal.text());
      loop.execute(() -> connection.addRemoteCandidate(signal.text()));
    }
  }

  void close() {
    loop.execute(connection::close);
  }

  @Override
  public void localDescription(String sdp) {
    said.add(new Signal(true, sdp));
  }

  @Override
  public void localCandidate(String line) {
    said.add(new Signal(false, line));
  }

  @Override
  public void open(DataChannel channel) {
    Line line = new Line(loop, channel);
    channel.listener(line);
    lines.put(channel.options().label(), line);
  }

  @Override
  public void closed(String why) {
    closed.complete(why);
  }

  /** One channel and what was heard on it. */
  static final class Line implements DataChannel.Listener {
    final DataChannel channel;
    final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    private final NettyEventLoop loop;
    private List<byte[]> unsent = List.of();
    private int sent;

    Line(NettyEventLoop loop, DataChannel channel) {
      this.loop = loop;
      this.channel = channel;
    }

    /** Sends all of them, as fast as they are taken. */
    void send(List<byte[]> all) {
      loop.execute(
          () -> {
            unsent = all;
            sent = 0;
            onWritable();
          });
    }

    void send(byte[] one) {
      send(List.of(one));
    }

    byte[] receive() throws InterruptedException {
      byte[] message = messages.poll(30, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message within 30 s");
      }
      return message;
    }

    void close() {
      loop.execute(channel::close);
    }

    @Override
    public void onMessage(ByteBuf message) {
      messages.add(ByteBufUtil.getBytes(message));
      message.release();
    }

    @Override
    public void onWritable() {
      while (sent < unsent.size() && channel.send(Unpooled.copiedBuffer(unsent.get(sent)))) {
        sent++;
      }
    }

    @Override
    public void onClosed(String why) {
      closed.complete(why);
    }
  }
}
