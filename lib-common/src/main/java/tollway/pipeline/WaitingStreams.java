// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.session.ClientSession;

/**
 * Opens streams to destinations by way of the session; while there is none, requests wait, not too
 * many and not too long. Everything is on the loop.
 */
final class WaitingStreams {
  /** What became of a request, told once. */
  interface Outcome {
    /**
     * Takes data; the stream does not read until its auto-read is switched on. Where the egress is
     * far away this comes before it has answered, so that the first data takes the same flight;
     * should it say no after all, the stream fires its {@link NoStream} and closes.
     */
    void connected(QuicStreamChannel stream);

    void failed(NoStream why);

    /** Whoever asked has gone: an answer would be for nobody. */
    boolean cancelled();

    /** Never {@link #connected} before the egress has answered, however far away it is. */
    default boolean awaitsAnswer() {
      return false;
    }
  }

  private record Request(StreamHeader header, Outcome outcome) {}

  private static final int MOST_WAITING = 512;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Longer than an egress takes to look up and dial. */
  private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(30);

  /** A round trip that is worth saving: then streams are taken for connected before they are. */
  private static final Duration FAR = Duration.ofMillis(25);

  private static final Duration UNREAD_DELAY = Duration.ofSeconds(1);

  private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(128 << 10, 256 << 10);

  private final NettyEventLoop loop;
  private final Supplier<String> state;
  private final SecureRandom random = new SecureRandom();
  private final Queue<Request> waiting = new ArrayDeque<>();
  private final RecentRefusals refusals = new RecentRefusals();
  private @Nullable ClientSession session;

  /** {@code state} says why there is no session. */
  WaitingStreams(NettyEventLoop loop, Supplier<String> state) {
    this.loop = loop;
    this.state = state;
  }

  /** A connection to {@code destination}. */
  void open(Destination destination, Outcome outcome) {
    open(
        new Request(
            new StreamHeader.Connection(StreamHeader.freshKey(random), destination), outcome));
  }

  /** A stream that carries datagrams. */
  void openDatagrams(Outcome outcome) {
    open(new Request(new StreamHeader.Datagrams(StreamHeader.freshKey(random)), outcome));
  }

  private void open(Request request) {
    loop.checkInLoop();
    ClientSession ready = session;
    if (waiting.size() >= MOST_WAITING) {
      waiting.removeIf(each -> each.outcome().cancelled());
    }
    if (ready != null) {
      begin(ready, request);
    } else if (waiting.size() >= MOST_WAITING) {
      request.outcome().failed(NoStream.noRoute("too many requests wait already; " + state.get()));
    } else {
      waiting.add(request);
      loop.schedule(PATIENCE, () -> giveUp(request));
    }
  }

  /** From now on streams are opened on {@code ready}. */
  void available(ClientSession ready) {
    loop.checkInLoop();
    session = ready;
    for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
      if (!next.outcome().cancelled()) {
        begin(ready, next);
      }
    }
  }

  /** From now on requests wait. */
  void unavailable() {
    loop.checkInLoop();
    session = null;
  }

  /** How many wait for a session. */
  int waiting() {
    return waiting.size();
  }

  /** Refuses all who wait. */
  void close() {
    session = null;
    for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
      next.outcome().failed(NoStream.noRoute("this desktop is stopping"));
    }
  }

  private void giveUp(Request request) {
    if (waiting.remove(request)) {
      request.outcome().failed(NoStream.noRoute(state.get()));
    }
  }

  /** Whoever was told lately why a destination does not answer is told again, and in time. */
  private boolean isWorthAssuming(ClientSession ready, Request request) {
    return request.header() instanceof StreamHeader.Connection connection
        && !request.outcome().awaitsAnswer()
        && ready.roundTrip().filter(time -> time.compareTo(FAR) >= 0).isPresent()
        && !refusals.contains(connection.destination(), loop.nanoTime());
  }

  private void begin(ClientSession ready, Request request) {
    boolean assume = isWorthAssuming(ready, request);
    ready
        .openStream(
            new ChannelInitializer<QuicStreamChannel>() {
              @Override
              protected void initChannel(QuicStreamChannel stream) {
                stream.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE);
                stream.pipeline().addLast(new AwaitAnswer(request, assume));
              }
            })
        .addListener(
            (Future<QuicStreamChannel> opened) -> {
              if (!opened.isSuccess()) {
                request
                    .outcome()
                    .failed(NoStream.noRoute("the session takes no more streams just now"));
              } else {
                Bytes key = request.header().key();
                opened.getNow().attr(Relay.UNREAD).set(() -> tellUnread(key));
                opened
                    .getNow()
                    .writeAndFlush(
                        Unpooled.wrappedBuffer(
                            StreamHeaderCodec.encode(request.header()).toArray()));
                if (assume) {
                  // In the next turn: who asks may not have read the end of its own request.
                  loop.execute(() -> assumeConnected(opened.getNow(), request));
                }
              }
            });
  }

  private static void assumeConnected(QuicStreamChannel stream, Request request) {
    if (request.outcome().cancelled()) {
      Relay.abort(stream);
    } else {
      request.outcome().connected(stream);
    }
  }

  /** Later, so that what was said last on the stream arrives first. */
  private void tellUnread(Bytes key) {
    loop.schedule(
        UNREAD_DELAY,
        () -> {
          ClientSession ready = session;
          if (ready != null) {
            ready
                .openStream(new ChannelInboundHandlerAdapter())
                .addListener((Future<QuicStreamChannel> opened) -> tellUnread(key, opened));
          }
        });
  }

  private static void tellUnread(Bytes key, Future<QuicStreamChannel> opened) {
    if (opened.isSuccess()) {
      QuicStreamChannel stream = opened.getNow();
      stream
          .writeAndFlush(
              Unpooled.wrappedBuffer(
                  StreamHeaderCodec.encode(new StreamHeader.Unread(key)).toArray()))
          .addListener(written -> stream.shutdownOutput());
    }
  }

  /** The first thing on every stream: what the egress says of the destination. */
  private final class AwaitAnswer extends ByteToMessageDecoder {
    private final Request request;
    private @Nullable Timer deadline;

    /** Whoever asked has the stream already. */
    private final boolean assumed;

    private boolean told;

    AwaitAnswer(Request request, boolean assumed) {
      this.request = request;
      this.assumed = assumed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      deadline =
          loop.schedule(
              ANSWER_DEADLINE, () -> fail(context, NoStream.noRoute("the egress does not answer")));
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (told) {
        return; // Data behind the answer; handed on when this handler is removed.
      }
      try {
        Optional<StreamAnswer> answer = StreamAnswerCodec.decode(in);
        if (answer.isEmpty()) {
          return;
        }
        if (!answer.get().isConnected()) {
          fail(context, NoStream.answered(answer.get()));
        } else if (assumed) {
          tell();
          context.pipeline().remove(this);
        } else if (request.outcome().cancelled()) {
          tell();
          Relay.abort(context.channel());
        } else {
          tell();
          QuicStreamChannel stream = (QuicStreamChannel) context.channel();
          stream.config().setAutoRead(false);
          request.outcome().connected(stream);
          stream.pipeline().remove(this);
        }
      } catch (MalformedBytesException wrong) {
        fail(context, NoStream.noRoute("the egress answers nonsense"));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(context, NoStream.noRoute("the session ended"));
      context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(context, NoStream.noRoute("the stream was reset"));
    }

    private void fail(ChannelHandlerContext context, NoStream why) {
      if (!told) {
        tell();
        if (why.status().isPresent()
            && request.header() instanceof StreamHeader.Connection connection) {
          refusals.add(connection.destination(), loop.nanoTime());
        }
        if (assumed) {
          context.fireUserEventTriggered(why);
          Relay.abort(context.channel());
        } else {
          request.outcome().failed(why);
          context.channel().close();
        }
      }
    }

    private void tell() {
      told = true;
      if (deadline != null) {
        deadline.cancel();
      }
    }
  }
}
