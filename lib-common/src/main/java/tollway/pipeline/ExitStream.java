// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * One stream at the egress, until it has its use: reads the header, and dials or makes an
 * association.
 */
final class ExitStream extends ByteToMessageDecoder {
  private static final long HEADER_SECONDS = 15;

  /** Of one session at once. */
  private static final int MOST_ASSOCIATIONS = 128;

  private static final AttributeKey<Integer> ASSOCIATIONS =
      AttributeKey.valueOf(ExitStream.class, "associations");

  private static final AttributeKey<Map<Bytes, Channel>> CONNECTIONS =
      AttributeKey.valueOf(ExitStream.class, "connections");

  private final Dialer dialer;
  private final EgressLoad load;
  private final SessionShare share;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable DialRace race;
  private boolean counted;
  private boolean asked;
  private boolean inputEnded;

  ExitStream(Dialer dialer, EgressLoad load, SessionShare share) {
    this.dialer = dialer;
    this.load = load;
    this.share = share;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Optional<String> busy = begin();
    counted = busy.isEmpty();
    if (!counted) {
      refuse(context, new StreamAnswer(StreamAnswer.Status.BUSY, busy.get()));
      return;
    }
    context
        .channel()
        .closeFuture()
        .addListener(
            closed -> {
              share.endStream();
              load.endStream();
            });
    deadline = context.executor().schedule(() -> context.close(), HEADER_SECONDS, TimeUnit.SECONDS);
  }

  /** Takes a place for the stream, or says why there is none. */
  private Optional<String> begin() {
    if (load.isDraining()) {
      return Optional.of("the egress is stopping");
    }
    if (!share.beginStream()) {
      return Optional.of("you have as many connections as the egress allows one person");
    }
    if (!load.beginStream()) {
      share.endStream();
      return Optional.of("the egress has as many streams as it takes");
    }
    return Optional.empty();
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (asked) {
      if (!counted) {
        in.skipBytes(in.readableBytes()); // Refused: the rest of the flight is not wanted.
      }
      return; // What follows the header waits here for the connection.
    }
    try {
      Optional<StreamHeader> header = StreamHeaderCodec.decode(in);
      if (header.isPresent()) {
        asked = true;
        cancelDeadline();
        context.channel().config().setAutoRead(false);
        serve(context, header.get());
      } else if (in.readableBytes() > StreamHeaderCodec.MAX_SIZE) {
        throw new MalformedBytesException("no end of the header");
      }
    } catch (MalformedBytesException wrong) {
      in.skipBytes(in.readableBytes());
      refuse(
          context,
          new StreamAnswer(StreamAnswer.Status.BAD_HEADER, String.valueOf(wrong.getMessage())));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true; // Told to the relay once there is one.
      if (!asked) {
        context.close();
      }
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void serve(ChannelHandlerContext context, StreamHeader header) {
    DuplexChannel stream = (DuplexChannel) context.channel();
    if (header instanceof StreamHeader.Connection connection) {
      Map<Bytes, Channel> byKey = connections(stream);
      byKey.put(header.key(), stream);
      stream.closeFuture().addListener(closed -> byKey.remove(header.key(), stream));
      dial(context, connection.destination());
    } else if (header instanceof StreamHeader.Datagrams) {
      associate(context);
    } else if (header instanceof StreamHeader.SpeedTest test) {
      measure(context, test);
    } else if (header instanceof StreamHeader.Unread unread) {
      Channel given = connections(stream).get(unread.key());
      if (given != null) {
        Relay.abort(given);
      }
      context.close();
    }
  }

  /** Of the session, by the keys of their streams; on its loop. */
  private static Map<Bytes, Channel> connections(DuplexChannel stream) {
    Attribute<Map<Bytes, Channel>> all = stream.parent().attr(CONNECTIONS);
    Map<Bytes, Channel> known = all.get();
    if (known == null) {
      known = new HashMap<>();
      all.set(known);
    }
    return known;
  }

  private void associate(ChannelHandlerContext context) {
    DuplexChannel stream = (DuplexChannel) context.channel();
    if (!dialer.carriesDatagrams()) {
      refuse(
          context,
          new StreamAnswer(StreamAnswer.Status.FORBIDDEN, "the egress carries no datagrams"));
      return;
    }
    if (!beginAssociation(stream)) {
      refuse(
          context,
          new StreamAnswer(StreamAnswer.Status.BUSY, "the egress has as much UDP as it takes"));
      return;
    }
    ExitDatagrams datagrams = new ExitDatagrams(dialer, load, share);
    dialer
        .datagramSocket(stream.eventLoop(), datagrams.answers())
        .addListener(
            (ChannelFuture bound) -> {
              if (!bound.isSuccess()) {
                refuse(
                    context,
                    new StreamAnswer(StreamAnswer.Status.BUSY, "the egress has no UDP socket"));
              } else if (context.isRemoved() || !stream.isActive() || inputEnded) {
                bound.channel().close();
                stream.close();
              } else {
                datagrams.use(bound.channel());
                stream.writeAndFlush(answer(StreamAnswer.connected()));
                stream
                    .pipeline()
                    .addLast(new ProxyGreeting.IdleEnd(ExitDatagrams.IDLE_SECONDS), datagrams);
                // Hands what came behind the header to the association.
                stream.pipeline().remove(this);
                stream.config().setAutoRead(true);
              }
            });
  }

  private void measure(ChannelHandlerContext context, StreamHeader.SpeedTest test) {
    if (!share.measures()) {
      refuse(
          context,
          new StreamAnswer(StreamAnswer.Status.FORBIDDEN, "the egress does no speed tests"));
    } else if (!share.beginSpeedTest()) {
      refuse(
          context,
          new StreamAnswer(StreamAnswer.Status.BUSY, "you have as many speed tests as you may"));
    } else {
      DuplexChannel stream = (DuplexChannel) context.channel();
      stream.closeFuture().addListener(closed -> share.endSpeedTest());
      stream.writeAndFlush(answer(StreamAnswer.connected()));
      stream.pipeline().addLast(new ExitSpeedTest(test, load, share));
      // Hands what came behind the header to the test.
      stream.pipeline().remove(this);
      stream.config().setAutoRead(true);
      if (inputEnded) {
        stream.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
    }
  }

  /** Takes a place in the session and the process, given back when the stream ends. */
  private boolean beginAssociation(DuplexChannel stream) {
    Attribute<Integer> ofSession = stream.parent().attr(ASSOCIATIONS);
    int before = Objects.requireNonNullElse(ofSession.get(), 0);
    if (before >= MOST_ASSOCIATIONS || !load.beginAssociation()) {
      return false;
    }
    ofSession.set(before + 1); // All streams of a session are on its loop.
    stream
        .closeFuture()
        .addListener(
            closed -> {
              load.endAssociation();
              ofSession.set(Objects.requireNonNull(ofSession.get()) - 1);
            });
    return true;
  }

  private void dial(ChannelHandlerContext context, Destination destination) {
    if (!share.mayDial()) {
      refuse(
          context,
          new StreamAnswer(
              StreamAnswer.Status.BUSY, "you dial more often than the egress allows one person"));
      return;
    }
    if (!load.beginDial()) {
      refuse(
          context,
          new StreamAnswer(StreamAnswer.Status.BUSY, "the egress is dialling as much as it can"));
      return;
    }
    DialRace begun =
        dialer.dial(
            destination,
            context.channel().eventLoop(),
            new Dialer.Outcome() {
              @Override
              public void connected(DuplexChannel connection) {
                race = null;
                load.endDial(true);
                if (context.isRemoved() || !context.channel().isActive()) {
                  Relay.abort(connection);
                } else {
                  join(context, connection);
                }
              }

              @Override
              public void failed(StreamAnswer why) {
                race = null;
                load.endDial(false);
                refuse(context, why);
              }
            });
    race = begun.isOver() ? null : begun;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    cancelDeadline();
    DialRace running = race;
    if (running != null) { // The stream has ended: nobody waits for the connection.
      race = null;
      running.giveUp();
      load.endDial(true);
    }
  }

  private void join(ChannelHandlerContext context, DuplexChannel connection) {
    DuplexChannel stream = (DuplexChannel) context.channel();
    stream.writeAndFlush(answer(StreamAnswer.connected()));
    stream.pipeline().addLast(new IdleReset(share.idleSeconds()));
    Relay.join(
        stream,
        connection,
        new Relay.Count(load.bytesUp(), share.up()),
        new Relay.Count(load.bytesDown(), share.down()));
    // Hands what came behind the header to the relay.
    stream.pipeline().remove(this);
    if (inputEnded) {
      stream.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private void refuse(ChannelHandlerContext context, StreamAnswer why) {
    asked = true;
    cancelDeadline();
    load.fault(EgressFault.of(why.status()));
    if (context.channel() instanceof DuplexChannel stream && stream.isActive()) {
      stream
          .writeAndFlush(answer(why))
          .addListener(written -> stream.shutdownOutput().addListener(ended -> stream.close()));
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private static ByteBuf answer(StreamAnswer answer) {
    return Unpooled.wrappedBuffer(StreamAnswerCodec.encode(answer).toArray());
  }
}
