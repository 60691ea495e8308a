// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;

/** One direction of a network: delays, loses, repeats and reorders packets by a seeded dice. */
final class SimulatedPath implements PacketSink {
  private final EventLoop loop;
  private final Random random;
  private final Consumer<ByteBuf> receiver;

  double loss;
  double duplication;
  Duration delay = Duration.ofMillis(10);
  Duration jitter = Duration.ZERO;

  /** 0 is without limit. */
  long bytesPerSecond;

  int queueBytes = 1 << 20;
  int largestPacket = 65_536;

  final List<SctpPacket> seen = new ArrayList<>();
  boolean record;
  long packets;
  long bytes;
  long dropped;
  private long freeAt;

  SimulatedPath(EventLoop loop, long seed, Consumer<ByteBuf> receiver) {
    this.loop = loop;
    this.random = new Random(seed);
    this.receiver = receiver;
  }

  @Override
  public void packet(ByteBuf packet) {
    packets++;
    bytes += packet.readableBytes();
    byte[] copy = new byte[packet.readableBytes()];
    packet.getBytes(packet.readerIndex(), copy);
    if (record) {
      try {
        seen.add(SctpCodec.decode(Unpooled.wrappedBuffer(copy)));
      } catch (MalformedBytesException ours) {
        throw new AssertionError("we sent a malformed packet", ours);
      }
    }
    if (copy.length > largestPacket || random.nextDouble() < loss) {
      dropped++;
      return;
    }
    deliver(copy);
    if (random.nextDouble() < duplication) {
      deliver(copy);
    }
  }

  private void deliver(byte[] packet) {
    long now = loop.nanoTime();
    long wait = delay.toNanos();
    if (jitter.toNanos() > 0) {
      wait += (long) (random.nextDouble() * jitter.toNanos());
    }
    if (bytesPerSecond > 0) {
      long queued = Math.max(0, freeAt - now);
      if (queued * bytesPerSecond / 1_000_000_000L + packet.length > queueBytes) {
        dropped++;
        return;
      }
      freeAt = Math.max(freeAt, now) + packet.length * 1_000_000_000L / bytesPerSecond;
      wait += freeAt - now;
    }
    loop.schedule(Duration.ofNanos(wait), () -> receiver.accept(Unpooled.wrappedBuffer(packet)));
  }
}
