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
 * What the record layer takes for a socket. During the handshake a thread waits here for datagrams;
 * afterwards the loop hands in one at a time and nothing ever waits.
 */
final class RecordPipe implements DatagramTransport {
  /** Thrown where a socket would wait. Without a stack: it is no failure. */
  static final class Drained extends InterruptedIOException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("StaticAssignmentOfThrowable") // Has no stack and never causes another.
    static final Drained INSTANCE = new Drained();

    private Drained() {}

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /** A record of 2^14 bytes with header, nonce and tag. */
  static final int LARGEST_DATAGRAM = 16_384 + 64;

  /** What our handshake messages are cut to: fits any path. */
  private static final int HANDSHAKE_DATAGRAM = 1200;

  private static final int MAX_WAITING = 64;

  private final EventLoop loop;
  private final Consumer<ByteBuf> wire;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private volatile boolean closed;

  // The loop's, once the handshake thread has ended.
  private boolean onLoop;
  private @Nullable ByteBuf current;

  RecordPipe(EventLoop loop, Consumer<ByteBuf> wire) {
    this.loop = loop;
    this.wire = wire;
  }

  /** A datagram for the handshake thread; one too many is lost, as on a socket. */
  void arrive(ByteBuf datagram) {
    if (datagram.readableBytes() <= LARGEST_DATAGRAM) {
      byte[] copy = new byte[datagram.readableBytes()];
      datagram.getBytes(datagram.readerIndex(), copy);
      if (!waiting.offer(copy)) {
        return; // UDP promises nothing.
      }
    }
  }

  /** From here on the loop reads and writes. */
  void moveToLoop() {
    onLoop = true;
  }

  /** What had arrived for the handshake thread and was not read by it. */
  byte @Nullable [] leftOver() {
    return waiting.poll();
  }

  void current(@Nullable ByteBuf datagram) {
    current = datagram;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public int getReceiveLimit() {
    if (!onLoop) {
      return LARGEST_DATAGRAM;
    }
    // The record layer allocates this much for every call.
    return current == null ? HANDSHAKE_DATAGRAM : current.readableBytes();
  }

  @Override
  public int getSendLimit() {
    return onLoop ? LARGEST_DATAGRAM : HANDSHAKE_DATAGRAM;
  }

  @Override
  public int receive(byte[] buffer, int offset, int length, int waitMillis)
      throws InterruptedIOException {
    return onLoop ? takeCurrent(buffer, offset, length) : await(buffer, offset, length, waitMillis);
  }

  private int takeCurrent(byte[] buffer, int offset, int length) throws Drained {
    ByteBuf datagram = current;
    if (datagram == null || closed) {
      throw Drained.INSTANCE;
    }
    current = null;
    int size = Math.min(length, datagram.readableBytes());
    datagram.getBytes(datagram.readerIndex(), buffer, offset, size);
    return size;
  }

  private int await(byte[] buffer, int offset, int length, int waitMillis)
      throws InterruptedIOException {
    try {
      byte[] datagram = waiting.poll(waitMillis, TimeUnit.MILLISECONDS);
      if (closed) {
        throw new InterruptedIOException("the session was closed");
      }
      if (datagram == null) {
        return -1;
      }
      int size = Math.min(length, datagram.length);
      System.arraycopy(datagram, 0, buffer, offset, size);
      return size;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the session was closed");
    }
  }

  @Override
  public void send(byte[] buffer, int offset, int length) {
    if (closed) {
      return;
    }
    ByteBuf datagram =
        ByteBufAllocator.DEFAULT.directBuffer(length, length).writeBytes(buffer, offset, length);
    if (onLoop) {
      wire.accept(datagram);
    } else {
      loop.execute(() -> hand(datagram));
    }
  }

  private void hand(ByteBuf datagram) {
    if (closed) {
      datagram.release();
    } else {
      wire.accept(datagram);
    }
  }

  /** The record layer closes it when the peer does; then nothing passes any more. */
  @Override
  public void close() {
    closed = true;
  }
}
