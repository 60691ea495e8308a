// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;

/** A peer connection with its owner, for tests: keeps what it hears, hands on what it must. */
final class TestPeer implements PeerListener {
  final NettyEventLoop loop;
  final CompletableFuture<String> description = new CompletableFuture<>();
  final CompletableFuture<DataChannel> channel = new CompletableFuture<>();
  final CompletableFuture<String> closed = new CompletableFuture<>();
  final CompletableFuture<String> channelClosed = new CompletableFuture<>();
  final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<String> writable = new LinkedBlockingQueue<>();

  /** When set every message goes back where it came from. */
  volatile boolean echoes;

  /** What it says to the other one of a candidate of its own. */
  volatile Function<String, Optional<String>> tells = Optional::of;

  private final Queue<String> candidates = new ConcurrentLinkedQueue<>();
  private volatile @Nullable TestPeer other;
  private @Nullable PeerConnection connection;

  TestPeer(NettyEventLoop loop) {
    this.loop = loop;
  }

  PeerConnection connection() {
    PeerConnection made = connection;
    if (made == null) {
      throw new IllegalStateException("no connection yet");
    }
    return made;
  }

  TestPeer offer(PeerConfig config) {
    connection = PeerConnection.offer(loop, config, this);
    return this;
  }

  TestPeer answer(PeerConfig config, String offer) {
    connection = PeerConnection.answer(loop, config, offer, this);
    return this;
  }

  /** Alice offers, Bob answers, their signalling is carried by the test. */
  static void connect(TestPeer alice, PeerConfig aliceConfig, TestPeer bob, PeerConfig bobConfig)
      throws Exception {
    connect(alice, aliceConfig, bob, bobConfig, UnaryOperator.identity());
  }

  static void connect(
      TestPeer alice,
      PeerConfig aliceConfig,
      TestPeer bob,
      PeerConfig bobConfig,
      UnaryOperator<String> tamperWithAnswer)
      throws Exception {
    alice.offer(aliceConfig);
    bob.answer(bobConfig, alice.description.get(20, TimeUnit.SECONDS));
    String answer = tamperWithAnswer.apply(bob.description.get(20, TimeUnit.SECONDS));
    alice.onLoop(() -> alice.connection().acceptAnswer(answer));
    alice.reaches(bob);
    bob.reaches(alice);
  }

  private void reaches(TestPeer peer) {
    other = peer;
    for (String line = candidates.poll(); line != null; line = candidates.poll()) {
      give(peer, line);
    }
  }

  private void give(TestPeer peer, String line) {
    tells
        .apply(line)
        .ifPresent(told -> peer.loop.execute(() -> peer.connection().addRemoteCandidate(told)));
  }

  void onLoop(Runnable task) throws Exception {
    call(
        () -> {
          task.run();
          return true;
        });
  }

  <T> T call(Supplier<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.get());
          } catch (RuntimeException failed) {
            result.completeExceptionally(failed);
          }
        });
    return result.get(20, TimeUnit.SECONDS);
  }

  boolean send(byte[] message) throws Exception {
    DataChannel open = channel.get(30, TimeUnit.SECONDS);
    return call(() -> open.send(Unpooled.copiedBuffer(message)));
  }

  byte[] receive() throws InterruptedException {
    byte[] message = messages.poll(30, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("no message within 30 s");
    }
    return message;
  }

  void close() throws Exception {
    if (connection != null) {
      onLoop(connection()::close);
    }
  }

  @Override
  public void localDescription(String sdp) {
    description.complete(sdp);
  }

  @Override
  public void localCandidate(String line) {
    TestPeer peer = other;
    if (peer == null) {
      candidates.add(line);
    } else {
      give(peer, line);
    }
  }

  @Override
  public void open(DataChannel opened) {
    opened.listener(
        new DataChannel.Listener() {
          @Override
          public void onMessage(ByteBuf message) {
            if (echoes) {
              opened.send(message);
            } else {
              messages.add(ByteBufUtil.getBytes(message));
              message.release();
            }
          }

          @Override
          public void onWritable() {
            writable.add("writable");
          }

          @Override
          public void onClosed(String why) {
            channelClosed.complete(why);
          }
        });
    channel.complete(opened);
  }

  @Override
  public void closed(String why) {
    closed.complete(why);
  }
}
