// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import tollway.bytes.Bytes;
import tollway.loop.BackgroundThread;

/**
 * The prober for hosts without ZMap: one UDP socket, one packet to each address, evenly spaced, in
 * an order that visits no network twice in a row. Needs no privilege, and the memory of a few hits.
 */
public final class PacedSweep implements Sweep {
  /** More than this late, it was stopped, and does not make up for it by a burst. */
  private static final long MOST_LATE_NANOS = 10_000_000;

  private static final long TICK_NANOS = 100_000_000;

  /** How often it is written down how far it is. */
  private static final long MARK_NANOS = 1_000_000_000;

  private static final int WAITING_HITS = 1 << 16;
  private static final int BUFFER_BYTES = 4 << 20;

  /** When so many could not be sent at the start, none can. */
  private static final int HOPELESS = 100;

  private final Ipv4Ranges targets;
  private final int port;
  private final int rate;
  private final byte[] key;
  private final Duration patience;

  // Of one run; on the sweeping thread but for the queue.
  private final BlockingQueue<Long> heard = new ArrayBlockingQueue<>(WAITING_HITS);
  private final Deque<Tick> ticks = new ArrayDeque<>();
  private long begun;
  private long settled;
  private long unsent;
  private long firstUnsent;
  private String why = "";

  /** How far it was, and when. */
  private record Tick(long nanoTime, long sent) {}

  /**
   * In an order that {@code key} decides.
   *
   * @param rate packets a second
   * @param key secret, for the same sweep the same
   * @param patience how long an answer may take
   */
  public PacedSweep(Ipv4Ranges targets, int port, int rate, byte[] key, Duration patience) {
    this.targets = targets;
    this.port = port;
    this.rate = rate;
    this.key = key.clone();
    this.patience = patience;
  }

  @Override
  public Result run(long done, Listener listener) throws IOException, InterruptedException {
    begun = done;
    settled = done;
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
      channel.bind(null);
      BackgroundThread.start("stun-answers", () -> listen(channel));
      send(channel, done, listener);
    }
    return new Result(unsent, firstUnsent, why);
  }

  private void send(DatagramChannel channel, long done, Listener listener)
      throws IOException, InterruptedException {
    Permutation order = new Permutation(targets.size(), ByteBuffer.wrap(key).getLong());
    Probes probes = new Probes(key);
    long gap = 1_000_000_000L / rate;
    long next = System.nanoTime();
    long tick = next;
    long at = done;
    while (at < targets.size()) {
      long now = System.nanoTime();
      if (now - tick >= 0) {
        tell(listener, now, at);
        tick = now + TICK_NANOS;
      }
      if (now - next < 0) {
        pause(Math.min(next, tick) - now);
        continue;
      }
      next = Math.max(next, now - MOST_LATE_NANOS) + gap;
      sendTo(channel, targets.address(order.at(at)), probes, at, at - done);
      at++;
    }
    long end = System.nanoTime() + patience.toNanos();
    for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
      tell(listener, now, at);
      pause(Math.min(TICK_NANOS, end - now));
    }
    tell(listener, end, at);
    listener.progress(at, at);
  }

  private static void pause(long nanos) throws InterruptedException {
    LockSupport.parkNanos(nanos);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private void tell(Listener listener, long now, long sent) throws IOException {
    for (Long hit = heard.poll(); hit != null; hit = heard.poll()) {
      listener.hit(hit);
    }
    if (unsent == sent - begun) {
      ticks.clear(); // Not one of them was asked: nothing is done.
    } else if (ticks.isEmpty() || now - ticks.getLast().nanoTime() >= MARK_NANOS) {
      ticks.add(new Tick(now, sent));
    }
    while (!ticks.isEmpty() && now - ticks.getFirst().nanoTime() >= patience.toNanos()) {
      settled = ticks.removeFirst().sent();
    }
    listener.progress(settled, sent);
  }

  private void sendTo(
      DatagramChannel channel, long address, Probes probes, long position, long before)
      throws IOException {
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.getByAddress(Ipv4Block.raw(address)), port);
    try {
      channel.send(probes.request(address), target);
    } catch (IOException refused) {
      if (!channel.isOpen()) {
        throw refused;
      }
      // No route, a firewall, a broadcast address: the others are tried all the same.
      if (unsent == 0) {
        firstUnsent = position;
      }
      unsent++;
      why = String.valueOf(refused.getMessage());
      if (unsent == HOPELESS && before + 1 == HOPELESS) {
        throw new IOException("cannot send probes: " + why, refused);
      }
    }
  }

  private void listen(DatagramChannel channel) throws IOException {
    Probes probes = new Probes(key);
    ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
    Set<Long> known = new HashSet<>();
    while (channel.isOpen()) {
      buffer.clear();
      InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
      long address = Ipv4Block.number(from.getAddress().getAddress());
      if (from.getPort() == port
          && targets.contains(address)
          && !known.contains(address)
          && probes.isAnswer(address, Bytes.of(buffer.flip()))
          && heard.offer(address)) {
        // Who answers again and again is heard once. The crawl ends before this grows large.
        known.add(address);
      }
    }
  }
}
