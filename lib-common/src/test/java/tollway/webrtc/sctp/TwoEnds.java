// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tollway.loop.ManualEventLoop;

/** Alice and Bob, each an association, with a simulated path in each direction. */
final class TwoEnds implements AutoCloseable {
  static final int BASE = 1228;

  static final SctpConfig CONFIG =
      new SctpConfig(5000, 5000, BASE, List.of(), 1 << 20, 1 << 20, 256 << 10);

  /** What one end has heard. */
  static final class End implements SctpListener {
    final List<String> events = new ArrayList<>();
    final List<byte[]> messages = new ArrayList<>();
    @Nullable String closed;
    boolean keepsMessages = true;
    long messageCount;
    long messageBytes;

    @Override
    public void established() {
      events.add("established");
    }

    @Override
    public void message(int stream, int ppid, ByteBuf message) {
      messageCount++;
      messageBytes += message.readableBytes();
      if (keepsMessages) {
        messages.add(ByteBufUtil.getBytes(message));
      }
      message.release();
    }

    @Override
    public void writable(int stream) {
      events.add("writable " + stream);
    }

    @Override
    public void peerReset(int stream) {
      events.add("peer reset " + stream);
    }

    @Override
    public void ownReset(int stream) {
      events.add("own reset " + stream);
    }

    @Override
    public void closed(String why) {
      closed = why;
    }
  }

  final ManualEventLoop loop = new ManualEventLoop();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  final End aliceHears = new End();
  final End bobHears = new End();
  final SimulatedPath toBob;
  final SimulatedPath toAlice;
  final SctpAssociation alice;
  final SctpAssociation bob;

  TwoEnds(long seed) {
    this(seed, CONFIG, 0xffff_fff0);
  }

  /** First TSNs near the end of the circle, so that every test crosses it. */
  TwoEnds(long seed, SctpConfig config, int firstTsn) {
    SecureRandom random = new SecureRandom();
    toBob = new SimulatedPath(loop, seed, packet -> bob().receive(packet));
    toAlice = new SimulatedPath(loop, seed + 1, packet -> alice().receive(packet));
    alice =
        new SctpAssociation(loop, config, random, toBob, aliceHears, allocator, 0x0a11ce, firstTsn);
    bob =
        new SctpAssociation(
            loop, config, random, toAlice, bobHears, allocator, 0x000b0b, firstTsn + 5);
  }

  /** Ends both; every buffer they hold is given back. */
  @Override
  public void close() {
    alice.abort("the test is over");
    bob.abort("the test is over");
    if (allocator.metric().usedDirectMemory() != 0) {
      throw new AssertionError("buffers leaked: " + allocator.metric());
    }
  }

  private SctpAssociation alice() {
    return alice;
  }

  private SctpAssociation bob() {
    return bob;
  }

  TwoEnds connected() {
    alice.connect();
    bob.connect();
    advanceUntil(() -> alice.hasRoom() && bob.hasRoom(), Duration.ofSeconds(60));
    return this;
  }

  void advanceUntil(BooleanSupplier condition, Duration atMost) {
    long end = loop.nanoTime() + atMost.toNanos();
    loop.runReady();
    while (!condition.getAsBoolean()) {
      if (loop.nanoTime() > end) {
        throw new AssertionError("did not happen within " + atMost);
      }
      loop.advance(Duration.ofMillis(1));
    }
  }

  /** A message that is counted when it leaks. */
  ByteBuf message(int number, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i < 4 ? number >> (24 - 8 * i) : number + i);
    }
    return allocator.directBuffer(size).writeBytes(bytes);
  }

  static boolean isIntact(byte[] message) {
    int number =
        (message[0] & 0xff) << 24
            | (message[1] & 0xff) << 16
            | (message[2] & 0xff) << 8
            | (message[3] & 0xff);
    for (int i = 4; i < message.length; i++) {
      if (message[i] != (byte) (number + i)) {
        return false;
      }
    }
    return true;
  }

  static int number(byte[] message) {
    return (message[0] & 0xff) << 24
        | (message[1] & 0xff) << 16
        | (message[2] & 0xff) << 8
        | (message[3] & 0xff);
  }
}
