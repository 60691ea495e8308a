// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;

/**
 * What the handshake takes for a socket. Its thread waits here for records; once it has ended, the
 * loop hands in one at a time and nothing ever waits.
 */
final class RecordPipe implements DatagramTransport {
  /** Thrown where a socket would wait. Without a stack: it is no failure. */
  static final class Drained extends InterruptedIOException {
    private static final long serialVersionUID = 1;

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** What our handshake messages are cut to: fits any path. */
  private static final int DATAGRAM = 1200;

  private static final int LARGEST_RECORD = 16_384 + 64;
  private static final int MAX_WAITING = 64;

  private final EventLoop loop;
  private final Consumer<ByteBuf> wire;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private volatile boolean closed;

  /** Records of one flight share datagrams: fewer to lose. Of whoever runs the handshake. */
  private @Nullable ByteBuf flight;

  /** The loop's: nothing leaves any more, not even what the handshake sent before. */
  private boolean stopped;

  // The loop's, once the handshake's thread has ended.
  private boolean onLoop;
  private byte @Nullable [] current;

  RecordPipe(EventLoop loop, Consumer<ByteBuf> wire) {
    this.loop = loop;
    this.wire = wire;
  }

  /** A record for the handshake's thread; one too many is lost, as on a socket. */
  void arrive(byte[] record) {
    boolean unusedForUdpPromisesNothing = waiting.offer(record);
  }

  /** From here on the loop reads and writes; takes what the thread has not read. */
  void moveToLoop(Consumer<byte[]> unread) {
    onLoop = true;
    for (byte[] record = waiting.poll(); record != null; record = waiting.poll()) {
      unread.accept(record);
    }
  }

  /** The one record that the next {@link #receive} gets. */
  void current(byte[] record) {
    current = record;
  }

  @Override
  public int getReceiveLimit() {
    return LARGEST_RECORD;
  }

  @Override
  public int getSendLimit() {
    return DATAGRAM;
  }

  @Override
  public int receive(byte[] buffer, int offset, int length, int waitMillis)
      throws InterruptedIOException {
    flush();
    byte[] record = onLoop ? takeCurrent() : await(waitMillis);
    if (record == null) {
      return -1;
    }
    int size = Math.min(length, record.length);
    System.arraycopy(record, 0, buffer, offset, size);
    return size;
  }

  private byte[] takeCurrent() throws Drained {
    byte[] record = current;
    if (record == null || closed) {
      throw new Drained();
    }
    current = null;
    return record;
  }

  private byte @Nullable [] await(int waitMillis) throws InterruptedIOException {
    try {
      byte[] record = waiting.poll(waitMillis, TimeUnit.MILLISECONDS);
      if (closed) {
        throw new InterruptedIOException("the session was closed");
      }
      return record;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the session was closed");
    }
  }

  @Override
  public void send(byte[] buffer, int offset, int length) {
    ByteBuf open = flight;
    if (open != null && open.readableBytes() + length > DATAGRAM) {
      flush();
      open = null;
    }
    if (open == null) {
      open = ByteBufAllocator.DEFAULT.directBuffer(DATAGRAM);
      flight = open;
    }
    open.writeBytes(buffer, offset, length);
  }

  /** Hands the last records written to the loop, as a datagram. */
  void flush() {
    ByteBuf datagram = flight;
    if (datagram != null) {
      flight = null;
      loop.execute(() -> hand(datagram));
    }
  }

  private void hand(ByteBuf datagram) {
    // Not when closed: the handshake closes right after the alert that says why.
    if (stopped) {
      datagram.release();
    } else {
      wire.accept(datagram);
    }
  }

  /** The owner's end, on the loop. */
  void stop() {
    stopped = true;
    closed = true;
  }

  /** The handshake closes it when it fails; then nothing is read any more. */
  @Override
  public void close() {
    flush();
    closed = true;
  }
}
