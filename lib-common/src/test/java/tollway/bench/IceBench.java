// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.stun.NatMapping;
import tollway.webrtc.IceAgent;
import tollway.webrtc.IceCandidate;
import tollway.webrtc.IceConfig;
import tollway.webrtc.IceListener;
import tollway.webrtc.IceRole;

/**
 * How much two ICE agents carry over loopback, and how fast they connect. Arguments: seconds per
 * run (3), bytes per datagram (1200), loops (2). One line of JSON per run.
 */
public final class IceBench {
  /** What may be on its way: below the kernel's default receive buffer, so that nothing is lost. */
  private static final int WINDOW_BYTES = 128 << 10;

  private static final int BATCH = 48;

  private IceBench() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    int bytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1200;
    int count = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 2;
    try (NettyLoops loops = new NettyLoops(count)) {
      connect(loops, 50);
      connect(loops, 100);
      for (int run = 0; run < 3; run++) {
        carry(loops, seconds, bytes);
      }
    }
  }

  private static void connect(NettyLoops loops, int pairs) throws Exception {
    long[] nanos = new long[pairs];
    for (int i = 0; i < pairs; i++) {
      long begin = System.nanoTime();
      Pair pair = new Pair(loops, 1200);
      pair.awaitConnected();
      nanos[i] = System.nanoTime() - begin;
      pair.close();
    }
    Arrays.sort(nanos);
    JsonObject line = new JsonObject();
    line.addProperty("bench", "ice-connect");
    line.addProperty("pairs", pairs);
    line.addProperty("p50_ms", millis(nanos[pairs / 2]));
    line.addProperty("p95_ms", millis(nanos[pairs * 95 / 100]));
    line.addProperty("max_ms", millis(nanos[pairs - 1]));
    System.out.println(line);
  }

  private static void carry(NettyLoops loops, int seconds, int bytes) throws Exception {
    Pair pair = new Pair(loops, bytes);
    pair.awaitConnected();
    pair.alice.loop.execute(pair.alice::pump);
    pair.alice.loop.execute(pair.alice::watch);
    TimeUnit.MILLISECONDS.sleep(500);
    long cpu = processCpu();
    long received = pair.bob.datagrams.sum();
    long begin = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    double elapsed = (System.nanoTime() - begin) / 1e9;
    received = pair.bob.datagrams.sum() - received;
    double cpuSeconds = (processCpu() - cpu) / 1e9;
    double megabytes = received * (double) bytes / 1e6;
    pair.close();
    JsonObject line = new JsonObject();
    line.addProperty("bench", "ice-carry");
    line.addProperty("bytes", bytes);
    line.addProperty("datagrams_per_s", Math.round(received / elapsed));
    line.addProperty("mb_per_s", rounded(megabytes / elapsed));
    line.addProperty("mb_per_cpu_s", rounded(megabytes / cpuSeconds));
    line.addProperty("lost", pair.alice.lost.sum());
    System.out.println(line);
  }

  private static long processCpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double millis(long nanos) {
    return rounded(nanos / 1e6);
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.2f", value));
  }

  /** Two agents that know each other. */
  private static final class Pair {
    final Side alice;
    final Side bob;

    Pair(NettyLoops loops, int bytes) throws Exception {
      alice = new Side(loops.next(), IceRole.CONTROLLING, bytes);
      bob = new Side(loops.next(), IceRole.CONTROLLED, bytes);
      alice.begin(bob);
      bob.begin(alice);
    }

    void awaitConnected() throws InterruptedException {
      if (!alice.connected.await(20, TimeUnit.SECONDS)
          || !bob.connected.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not connected");
      }
    }

    void close() {
      alice.loop.execute(alice::close);
      bob.loop.execute(bob::close);
    }
  }

  /** Sends as fast as the window allows; the receiver confirms after every read. */
  private static final class Side implements IceListener {
    final NettyEventLoop loop;
    final int bytes;
    final CountDownLatch connected = new CountDownLatch(1);
    final LongAdder datagrams = new LongAdder();
    Side other = this;
    final IceAgent agent;
    long sent;
    long confirmed;
    long confirmedAtCheck = -1;
    long unconfirmed;
    final LongAdder lost = new LongAdder();
    boolean closed;

    Side(NettyEventLoop loop, IceRole role, int bytes) throws Exception {
      this.loop = loop;
      this.bytes = bytes;
      IceConfig config = IceConfig.defaults().withLoopback(true);
      this.agent =
          CompletableFuture.supplyAsync(() -> IceAgent.open(loop, config, role, this), loop).get();
    }

    void begin(Side peer) {
      loop.execute(
          () -> {
            other = peer;
            agent.remoteCredentials(peer.agent.localCredentials());
            agent.gather();
          });
    }

    void close() {
      closed = true;
      agent.close();
    }

    /** What was not confirmed for 250 ms is lost. */
    void watch() {
      if (closed) {
        return;
      }
      if (confirmed == confirmedAtCheck && confirmed < sent) {
        lost.add(sent - confirmed);
        confirmed = sent;
        pump();
      }
      confirmedAtCheck = confirmed;
      loop.schedule(Duration.ofMillis(250), this::watch);
    }

    void pump() {
      if (closed) {
        return;
      }
      long window = WINDOW_BYTES / bytes;
      while (sent - confirmed < window && agent.isWritable()) {
        for (int i = 0; i < BATCH && sent - confirmed < window; i++) {
          ByteBuf datagram = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
          datagram.writeByte(23).writeZero(bytes - 1);
          agent.send(datagram);
          sent++;
        }
        agent.flush();
      }
    }

    @Override
    public void onLocalCandidate(IceCandidate candidate) {
      Side peer = other;
      peer.loop.execute(() -> peer.agent.addRemoteCandidate(candidate));
    }

    @Override
    public void onGatheringDone(NatMapping nat) {}

    @Override
    public void onConnected() {
      connected.countDown();
    }

    @Override
    public void onDatagram(ByteBuf datagram) {
      if (datagram.getByte(datagram.readerIndex()) == 24) {
        confirmed = Math.min(sent, confirmed + datagram.getInt(datagram.readerIndex() + 1));
        return;
      }
      datagrams.increment();
      unconfirmed++;
    }

    @Override
    public void onReadDone() {
      if (unconfirmed > 0) {
        agent.send(
            PooledByteBufAllocator.DEFAULT
                .directBuffer(5)
                .writeByte(24)
                .writeInt((int) unconfirmed));
        unconfirmed = 0;
      }
      pump();
    }

    @Override
    public void onFailed(String why) {
      System.err.println(why);
    }
  }
}
