// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.pipeline.Preamble;

/** One connection to an Extended ORPort, until its data may follow (ext-orport-spec §2.1.3, §3). */
final class ExtendedOrPortTalk extends ByteToMessageDecoder {
  private enum State {
    METHODS,
    CHALLENGE,
    STATUS,
    REPLY,
    OVER
  }

  private static final int SAFE_COOKIE = 1;
  private static final int MOST_METHODS = 255;
  private static final int DONE = 0x0000;
  private static final int TRANSPORT = 0x0002;
  private static final int OKAY = 0x1000;
  private static final int DENY = 0x1001;
  private static final int HEADER = 4;
  private static final int SECONDS = 10;

  private final ExtendedOrPort port;
  private final Bytes nonce;
  private final Preamble.Outcome outcome;
  private State state = State.METHODS;
  private @Nullable ScheduledFuture<?> deadline;

  ExtendedOrPortTalk(ExtendedOrPort port, Bytes nonce, Preamble.Outcome outcome) {
    this.port = port;
    this.nonce = nonce;
    this.outcome = outcome;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(() -> fail("the bridge does not answer"), SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    fail("the bridge is gone");
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail("the bridge hung up");
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      fail("the bridge hung up");
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A read behind the end of input is one more way to hear that it has hung up.
    fail(cause instanceof DecoderException ? "the bridge makes no sense" : "the bridge hung up");
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws MalformedBytesException {
    switch (state) {
      case METHODS -> methods(context, in);
      case CHALLENGE -> challenge(context, in);
      case STATUS -> status(context, in);
      case REPLY -> reply(context, in);
      case OVER -> in.skipBytes(in.readableBytes());
    }
  }

  private void methods(ChannelHandlerContext context, ByteBuf in) throws MalformedBytesException {
    int end = in.bytesBefore((byte) 0);
    if (end > MOST_METHODS || (end < 0 && in.readableBytes() > MOST_METHODS)) {
      throw new MalformedBytesException("no end of methods");
    }
    if (end >= 0) {
      boolean known = in.slice(in.readerIndex(), end).bytesBefore((byte) SAFE_COOKIE) >= 0;
      in.skipBytes(end + 1);
      if (known) {
        state = State.CHALLENGE;
        send(context, Unpooled.buffer().writeByte(SAFE_COOKIE).writeBytes(nonce.toArray()));
      } else {
        fail("the bridge knows no way to prove who we are");
      }
    }
  }

  private void challenge(ChannelHandlerContext context, ByteBuf in) {
    if (in.readableBytes() >= 2 * ExtendedOrPort.PART) {
      Bytes hash = part(in);
      Bytes theirs = part(in);
      if (hash.equals(port.serverHash(nonce, theirs))) { // In constant time.
        state = State.STATUS;
        send(context, Unpooled.wrappedBuffer(port.clientHash(nonce, theirs).toArray()));
      } else {
        fail("the bridge does not know its own cookie");
      }
    }
  }

  private void status(ChannelHandlerContext context, ByteBuf in) {
    if (in.readByte() == 1) {
      state = State.REPLY;
      Bytes name = Bytes.ofUtf8(PtTask.TRANSPORT);
      send(
          context,
          Unpooled.buffer()
              .writeShort(TRANSPORT)
              .writeShort(name.size())
              .writeBytes(name.toArray())
              .writeShort(DONE)
              .writeShort(0));
    } else {
      fail("the bridge does not accept its cookie");
    }
  }

  private void reply(ChannelHandlerContext context, ByteBuf in) {
    if (in.readableBytes() < HEADER) {
      return;
    }
    int command = in.getUnsignedShort(in.readerIndex());
    int size = in.getUnsignedShort(in.readerIndex() + 2);
    if (in.readableBytes() < HEADER + size) {
      return;
    }
    in.skipBytes(HEADER + size);
    if (command == OKAY) {
      end();
      context.channel().config().setAutoRead(false);
      outcome.said();
      context.pipeline().remove(this); // Hands on what the bridge said already.
    } else if (command == DENY) {
      fail("the bridge takes no more connections");
    } // Others mean nothing to us (§3.1).
  }

  private static Bytes part(ByteBuf in) {
    byte[] part = new byte[ExtendedOrPort.PART];
    in.readBytes(part);
    return Bytes.of(part);
  }

  private static void send(ChannelHandlerContext context, ByteBuf message) {
    context.writeAndFlush(message);
  }

  private void end() {
    state = State.OVER;
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /** Told once. */
  private void fail(String why) {
    if (state != State.OVER) {
      end();
      outcome.failed(why);
    }
  }
}
