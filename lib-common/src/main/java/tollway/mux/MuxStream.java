// SPDX-License-Identifier: Apache-2.0
package tollway.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tollway.loop.SocketlessChannel;

/**
 * One stream of a {@link Multiplexer}. Each direction ends by itself; a direction that ends before
 * everything was said ends as a failure. On the multiplexer's loop.
 */
public final class MuxStream extends SocketlessChannel implements DuplexChannel {
  /** The longest message, in bytes. */
  static final int MESSAGE = 16 << 10;

  /** What may be said before the reader has taken anything, in bytes. */
  static final int FIRST_WINDOW = 32 << 10;

  /** A window doubles as often as its first half has been read, up to this, in bytes. */
  static final int MOST_WINDOW = 1 << 20;

  /** More credit than this nobody grants. */
  private static final int MOST_CREDIT = 1 << 24;

  private final Multiplexer mux;
  private final int id;
  private final Queue<ByteBuf> inbound = new ArrayDeque<>();

  // What we have still to say, in this order.
  private boolean openDue;
  private @Nullable MuxMessage endDue;
  private boolean stopDue;
  private int creditDue;

  /** We have said FIN or RESET. */
  private boolean saidEnd;

  /** What we may still say, in bytes. */
  private int credit = FIRST_WINDOW;

  /** What was written and not said yet, in bytes. */
  private long unsaid;

  /** The other end has said FIN or RESET. */
  private boolean heardEnd;

  /** What the other end may still say, in bytes. */
  private int allowance = FIRST_WINDOW;

  private int window = FIRST_WINDOW;
  private int taken;
  private boolean wantsRead;
  private boolean deliveryIsDue;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean aborted;

  MuxStream(Channel parent, Multiplexer mux, int id, boolean opener) {
    super(parent);
    this.mux = mux;
    this.id = id;
    openDue = opener;
  }

  /** Ends both directions at once, so that the other end sees a failure. */
  public void abort() {
    aborted = true;
    close();
  }

  /** The multiplexer has ended: there is nobody left to talk to. */
  void leave() {
    saidEnd = true;
    heardEnd = true;
    close();
  }

  // ---- from the other end

  /** Takes over one message. */
  void message(MuxMessage kind, ByteBuf message) {
    if (kind == MuxMessage.DATA) {
      data(message);
      return;
    }
    long more = message.readableBytes() == 4 ? message.readUnsignedInt() : -1;
    message.release();
    switch (kind) {
      case CREDIT -> credit(more);
      case STOP -> stopped();
      case FIN -> end(false);
      case RESET -> end(true);
      default -> throw new IllegalStateException("not for a stream: " + kind);
    }
  }

  private void data(ByteBuf bytes) {
    int size = bytes.readableBytes();
    if (size > allowance || heardEnd) {
      bytes.release();
      mux.violation("bytes that nobody allowed");
      return;
    }
    allowance -= size;
    if (!isOpen() || inputEnded) {
      bytes.release();
      return;
    }
    inbound.add(bytes);
    deliverSoon();
  }

  private void credit(long more) {
    if (more <= 0 || more > MOST_CREDIT - credit) {
      mux.violation("credit of " + more);
      return;
    }
    credit += (int) more;
    resume();
  }

  private void stopped() {
    if (!outputEnded) {
      aborted = true; // In this direction.
      shutdownOutput();
      aborted = false;
    }
  }

  private void end(boolean failed) {
    if (heardEnd) {
      mux.violation("two ends of a stream");
      return;
    }
    heardEnd = true;
    if (failed && isOpen()) {
      pipeline().fireExceptionCaught(new IOException("the other end reset the stream"));
      abort();
    }
    settle();
    deliverSoon();
    closeWhenOver();
  }

  // ---- to the other end

  /** There is room again, or credit. */
  void resume() {
    settle();
    if (isOpen() && unsafe() instanceof MuxUnsafe own) {
      own.writeOn();
    }
  }

  /** Says what is due, as far as there is room. */
  void settle() {
    if (openDue) {
      openDue = !mux.say(id, MuxMessage.OPEN);
    }
    if (openDue) {
      return;
    }
    MuxMessage end = endDue;
    if (end != null && !saidEnd) {
      saidEnd = mux.say(id, end);
    }
    if (heardEnd) {
      stopDue = false;
      creditDue = 0;
    }
    if (stopDue) {
      stopDue = !mux.say(id, MuxMessage.STOP);
    }
    if (creditDue > 0 && mux.say(id, MuxMessage.CREDIT, Unpooled.buffer(4).writeInt(creditDue))) {
      creditDue = 0;
    }
    if (end != null && saidEnd && heardEnd) {
      endDue = null;
      mux.over(id);
    }
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    for (Object message = in.current(); message != null; message = in.current()) {
      ByteBuf bytes = (ByteBuf) message;
      int left = bytes.readableBytes();
      if (left == 0) {
        in.remove();
        continue;
      }
      int size = Math.min(Math.min(left, MESSAGE), credit);
      if (size == 0
          || openDue
          || !mux.say(id, MuxMessage.DATA, bytes.retainedSlice(bytes.readerIndex(), size))) {
        return; // Until resumed.
      }
      credit -= size;
      unsaid -= size;
      bytes.skipBytes(size);
      in.progress(size);
      if (size == left) {
        in.remove();
      }
    }
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    if (message instanceof ByteBuf bytes) {
      unsaid += bytes.readableBytes();
      return bytes;
    }
    throw new UnsupportedOperationException("streams carry bytes");
  }

  private void endOutput(boolean whole) {
    if (!outputEnded) {
      outputEnded = true;
      endDue = whole ? MuxMessage.FIN : MuxMessage.RESET;
      settle();
    }
  }

  // ---- reading

  @Override
  protected void doBeginRead() {
    wantsRead = true;
    deliverSoon();
  }

  /** A whole batch is followed by one read-complete. */
  private void deliverSoon() {
    boolean something = inbound.isEmpty() ? heardEnd && !inputEnded : wantsRead;
    if (something && !deliveryIsDue && isRegistered()) {
      deliveryIsDue = true;
      eventLoop().execute(this::deliver);
    }
  }

  private void deliver() {
    deliveryIsDue = false;
    boolean any = false;
    while (isOpen() && wantsRead && !inbound.isEmpty()) {
      ByteBuf bytes = inbound.remove();
      any = true;
      took(bytes.readableBytes());
      pipeline().fireChannelRead(bytes);
      wantsRead = config().isAutoRead();
    }
    if (any) {
      wantsRead = false; // Read-complete asks for more.
      pipeline().fireChannelReadComplete();
    }
    if (isOpen() && heardEnd && inbound.isEmpty() && !inputEnded) {
      inputEnded = true;
      pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
      closeWhenOver();
    }
  }

  private void took(int bytes) {
    taken += bytes;
    if (!heardEnd && taken >= window / 2) {
      int growth = mux.grant(Math.min(window, MOST_WINDOW - window));
      window += growth;
      allowance += taken + growth;
      creditDue += taken + growth;
      taken = 0;
      settle();
    }
  }

  // ---- the end

  /** A stream that has ended in both directions closes by itself, as one of QUIC does. */
  private void closeWhenOver() {
    if (isOpen() && outputEnded && heardEnd && inputEnded) {
      close();
    }
  }

  @Override
  protected void doShutdownOutput() {
    endOutput(!aborted);
    eventLoop().execute(this::closeWhenOver);
  }

  @Override
  protected void release() {
    inbound.forEach(ByteBuf::release);
    inbound.clear();
    stopDue = !heardEnd;
    endOutput(!aborted);
    settle();
    mux.left(this, window - FIRST_WINDOW);
  }

  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    if (unsafe() instanceof MuxUnsafe own) {
      boolean before = aborted;
      aborted |= unsaid > 0;
      own.shutdownOutput(promise);
      aborted = before;
    }
    return promise;
  }

  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    if (!inputEnded) {
      inputEnded = true;
      inbound.forEach(ByteBuf::release);
      inbound.clear();
      stopDue = !heardEnd;
      settle();
    }
    return promise.setSuccess();
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    shutdownInput();
    return shutdownOutput(promise);
  }

  @Override
  public boolean isInputShutdown() {
    return inputEnded || !isOpen();
  }

  @Override
  public boolean isOutputShutdown() {
    return outputEnded || !isOpen();
  }

  @Override
  public boolean isShutdown() {
    return isInputShutdown() && isOutputShutdown();
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return parent().localAddress();
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return parent().remoteAddress();
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new MuxUnsafe();
  }

  private final class MuxUnsafe extends SocketlessUnsafe {
    @Override
    protected void close(
        ChannelPromise promise, @Nullable Throwable cause, ClosedChannelException closeCause) {
      aborted |= unsaid > 0;
      super.close(promise, cause, closeCause);
    }

    void writeOn() {
      flush0();
    }
  }
}
