// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.stun.NatMapping;

/** An agent and its owner in a test: remembers what it was told and can be waited for. */
final class IcePeer implements IceListener {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final NettyEventLoop loop;
  final IceAgent agent;
  final CountDownLatch connected = new CountDownLatch(1);
  final CountDownLatch gathered = new CountDownLatch(1);
  final CompletableFuture<String> failed = new CompletableFuture<>();
  final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();

  // On the loop.
  final List<IceCandidate> candidates = new ArrayList<>();
  Runnable onConnected = () -> {};
  @Nullable IcePeer trickleTo;
  Predicate<IceCandidate> tells = candidate -> true;
  boolean closed;
  int callsAfterClose;

  IcePeer(NettyEventLoop loop, IceConfig config, IceRole role) throws Exception {
    this.loop = loop;
    this.agent = onLoop(loop, () -> IceAgent.open(loop, config, role, this));
  }

  /** Two peers that tell each other everything at once. */
  static void join(IcePeer one, IcePeer other) {
    one.trickleTo = other;
    other.trickleTo = one;
    one.run(
        () -> {
          IceCredentials credentials = one.agent.localCredentials();
          other.run(() -> other.agent.remoteCredentials(credentials));
          one.agent.gather();
        });
    other.run(
        () -> {
          IceCredentials credentials = other.agent.localCredentials();
          one.run(() -> one.agent.remoteCredentials(credentials));
          other.agent.gather();
        });
  }

  void run(Runnable task) {
    loop.execute(task);
  }

  <T> T ask(Supplier<T> question) throws Exception {
    return onLoop(loop, question);
  }

  static <T> T onLoop(NettyEventLoop loop, Supplier<T> question)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException bug) {
            answer.completeExceptionally(bug);
          }
        });
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  void awaitConnected() throws InterruptedException {
    if (!connected.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("not connected; failed: " + failed.getNow("no"));
    }
  }

  void awaitGathered() throws InterruptedException {
    if (!gathered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("gathering never ended");
    }
  }

  String awaitFailed() throws Exception {
    return failed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  String awaitDatagram() throws InterruptedException {
    String datagram = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (datagram == null) {
      throw new AssertionError("no datagram came");
    }
    return datagram;
  }

  /** Sends {@code text}, which begins with a letter and so is not taken for STUN. */
  void send(String text) {
    run(() -> agent.send(buffer(text)));
  }

  static ByteBuf buffer(String text) {
    return ByteBufUtil.writeUtf8(PooledByteBufAllocator.DEFAULT, text);
  }

  void close() throws Exception {
    ask(
        () -> {
          agent.close();
          closed = true;
          return true;
        });
  }

  @Override
  public void onLocalCandidate(IceCandidate candidate) {
    count();
    candidates.add(candidate);
    IcePeer other = trickleTo;
    if (other != null && tells.test(candidate)) {
      other.run(() -> other.agent.addRemoteCandidate(candidate));
    }
  }

  @Override
  public void onGatheringDone(NatMapping nat) {
    count();
    gathered.countDown();
  }

  @Override
  public void onConnected() {
    count();
    onConnected.run();
    connected.countDown();
  }

  @Override
  public void onDatagram(ByteBuf datagram) {
    count();
    received.add(datagram.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void onFailed(String why) {
    count();
    failed.complete(why);
  }

  private void count() {
    callsAfterClose += closed ? 1 : 0;
  }
}
