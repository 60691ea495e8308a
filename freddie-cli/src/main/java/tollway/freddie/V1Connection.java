// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.signaling.v1.V1Codec;
import tollway.signaling.v1.V1Generation;
import tollway.signaling.v1.V1Post;
import tollway.signaling.v1.V1Type;

/**
 * One connection's requests for {@code /v1/signal}, on its own loop, one after the other; what is
 * for another address passes through. Who sends more before the answer is not heard any more.
 *
 * <pre>
 * idle ──a request for us──▶ reading ──its end──▶ answering ──▶ idle
 *  └───another──▶ passing ──▶ idle      └──wrong──▶ closing ◀──┘ the last
 * </pre>
 */
final class V1Connection extends ChannelInboundHandlerAdapter implements V1Caller {
  private enum Stage {
    IDLE,
    PASSING,
    READING,
    ANSWERING,
    CLOSING
  }

  private static final String PATH = "/v1/signal";

  /** What an answer's head may take, in bytes. */
  private static final int HEAD = 256;

  private final SignalServer server;
  private final V1Hall hall;
  private final ConnectionGuard guard;
  private final Channel channel;
  private final Duration patience;
  private final V1Pace pace = new V1Pace(System.nanoTime());
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

  private Stage stage = Stage.IDLE;
  private @Nullable HttpRequest head;
  private @Nullable V1Exchange exchange;
  private @Nullable InetAddress counted;
  private boolean room;
  private boolean last;
  private boolean streaming;
  private int held;
  private int ignored;

  /** {@code patience} is for one request to arrive in whole. */
  V1Connection(
      SignalServer server, V1Hall hall, ConnectionGuard guard, Channel channel, Duration patience) {
    this.server = server;
    this.hall = hall;
    this.guard = guard;
    this.channel = channel;
    this.patience = patience;
  }

  @Override
  public void hears(V1Exchange to, Bytes line) {
    channel.eventLoop().execute(() -> ifStill(to, () -> stream(line)));
  }

  @Override
  public void ends(V1Exchange to, int status, Bytes said) {
    channel.eventLoop().execute(() -> ifStill(to, () -> answer(status, said)));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HttpObject part)) {
      context.fireChannelRead(message);
      return;
    }
    if (stage == Stage.IDLE && part instanceof HttpRequest request && isOurs(request)) {
      begin(request);
      if (part instanceof HttpContent whole && stage == Stage.READING) {
        read(whole); // As HTTP/2 has it when there is no body.
      }
    } else if (stage == Stage.IDLE || stage == Stage.PASSING) {
      if (part instanceof HttpRequest) {
        passes();
      }
      stage = part instanceof LastHttpContent ? Stage.IDLE : Stage.PASSING;
      context.fireChannelRead(message);
      return;
    } else if (stage == Stage.READING && part instanceof HttpContent content) {
      read(content);
    } else {
      ignore(part);
    }
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event != Fault.STOPPING || counted == null) {
      context.fireUserEventTriggered(event);
    } else if (stage == Stage.ANSWERING) {
      last = true;
      leave();
      answer(V1Answers.OK, Bytes.EMPTY);
    } else if (stage != Stage.CLOSING) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stage = Stage.CLOSING; // Also for a request that was read and not yet looked at.
    leave();
    release();
    uncount();
    context.fireChannelInactive();
  }

  private static boolean isOurs(HttpRequest request) {
    String uri = request.uri();
    return request.decoderResult().isSuccess()
        && uri.startsWith(PATH)
        && (uri.length() == PATH.length() || uri.charAt(PATH.length()) == '?');
  }

  /** Somebody else's request: a front may use one connection for all of its clients. */
  private void passes() {
    if (counted != null) {
      uncount();
      guard.expects(patience);
    }
  }

  private void begin(HttpRequest request) {
    head = request;
    stage = Stage.READING;
    streaming = false;
    last = !HttpUtil.isKeepAlive(request) || !isChunkable(request);
    count();
    hall.counters().asked(request.method().name());
    guard.expects(patience);
    if (HttpUtil.getContentLength(request, 0L) > V1Post.FORM_LIMIT) {
      refuse(V1Answers.TOO_LARGE);
    } else if (HttpUtil.is100ContinueExpected(request)) {
      channel.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  /** This connection is one of an Unbounded client, from its first request to its end. */
  private void count() {
    if (counted == null && channel.remoteAddress() instanceof InetSocketAddress remote) {
      counted = remote.getAddress();
      boolean few = hall.crowd().begin(counted);
      room = server.opened() && few;
    }
  }

  private void uncount() {
    if (counted != null) {
      hall.crowd().end(counted);
      server.closed();
      counted = null;
    }
  }

  private void read(HttpContent content) {
    ByteBuf bytes = content.content();
    if (content.decoderResult().isFailure()) {
      refuse(V1Answers.BAD_REQUEST);
    } else if (body.size() + bytes.readableBytes() > V1Post.FORM_LIMIT) {
      refuse(V1Answers.TOO_LARGE);
    } else if (!hold(bytes.readableBytes())) {
      refuse(V1Answers.FULL);
    } else {
      byte[] copy = new byte[bytes.readableBytes()];
      bytes.readBytes(copy);
      body.writeBytes(copy);
      if (content instanceof LastHttpContent) {
        stage = Stage.ANSWERING;
        guard.proved();
        channel.eventLoop().schedule(this::decide, delay(), TimeUnit.NANOSECONDS);
      }
    }
  }

  /** How long the request has to wait, in nanoseconds. A front of ours speaks for many. */
  private long delay() {
    return counted != null && !Origin.isFront(counted) ? pace.delay(System.nanoTime()) : 0;
  }

  private void decide() {
    HttpRequest request = head;
    if (request == null || stage != Stage.ANSWERING) {
      return;
    }
    byte[] form = body.toByteArray();
    body.reset();
    String method = request.method().name();
    if (method.equals("OPTIONS")) {
      hall.counters().answered(V1Answers.OK);
      end(V1Answers.preflight(last));
      return;
    }
    Optional<V1Generation> generation =
        V1Generation.of(request.headers().get(V1Generation.VERSION_HEADER));
    if (generation.isEmpty()) {
      answer(V1Answers.TEAPOT, Bytes.EMPTY);
    } else if (method.equals("GET")) {
      listen(generation.get());
    } else if (method.equals("POST")) {
      post(generation.get(), request, form);
    } else {
      answer(V1Answers.METHOD_NOT_ALLOWED, Bytes.EMPTY);
    }
  }

  private void listen(V1Generation generation) {
    if (!room) {
      last = true;
      answer(V1Answers.FULL, Bytes.EMPTY);
      return;
    }
    V1Exchange.Listening consumer = new V1Exchange.Listening(this, generation, site());
    exchange = consumer;
    hall.listens(consumer);
  }

  private void post(V1Generation generation, HttpRequest request, byte[] form) {
    try {
      if (!isForm(request)) {
        throw new MalformedBytesException("not a form");
      }
      V1Post post = V1Codec.decode(generation, form);
      String id = UUID.randomUUID().toString();
      Bytes message = V1Codec.encode(id, post);
      if (message.size() > V1Post.MESSAGE_LIMIT) {
        answer(V1Answers.TOO_LARGE, Bytes.EMPTY);
      } else if (post.type() == V1Type.OFFER && !mayOffer()) {
        answer(V1Answers.NOT_FOUND, Bytes.EMPTY); // As to one who came too late.
      } else if (room) {
        V1Exchange.Posted posted =
            new V1Exchange.Posted(this, generation, site(), id, post, message);
        exchange = posted;
        hall.posts(posted);
      } else {
        last = true;
        refuse(generation, post);
      }
    } catch (MalformedBytesException wrong) {
      answer(V1Answers.BAD_REQUEST, Bytes.EMPTY);
    }
  }

  /**
   * There is no room for it. A stock producer comes back at once whatever it is told, so it is told
   * that nobody wants it, when it expects to hear that.
   */
  private void refuse(V1Generation generation, V1Post post) {
    if (post.type() == V1Type.GENESIS) {
      hall.counters().answered(V1Answers.FULL);
      channel
          .eventLoop()
          .schedule(
              () -> {
                if (stage == Stage.ANSWERING) {
                  answer(V1Answers.OK, Bytes.EMPTY);
                }
              },
              generation.patience(post.type()).toNanos(),
              TimeUnit.NANOSECONDS);
    } else {
      answer(V1Answers.FULL, Bytes.EMPTY);
    }
  }

  /** Answers before the request is complete, which ends the connection. */
  private void refuse(int status) {
    last = true;
    hall.counters().answered(status);
    write(V1Answers.whole(status, Bytes.EMPTY, true), HEAD);
    stage = Stage.CLOSING;
    release();
    guard.cutSoon(Counters.Cut.LINGERING);
  }

  private void stream(Bytes line) {
    if (!streaming) {
      streaming = true;
      channel.write(V1Answers.streamHead(head != null && isChunkable(head), last));
    }
    write(new DefaultHttpContent(V1Answers.buffer(line)), HEAD + line.size());
  }

  private void answer(int status, Bytes said) {
    if (!streaming) {
      hall.counters().answered(status);
      end(V1Answers.whole(status, said, last));
    } else {
      hall.counters().answered(V1Answers.OK);
      end(new DefaultLastHttpContent(V1Answers.buffer(said)));
    }
  }

  private void end(HttpContent answer) {
    exchange = null;
    head = null;
    release();
    ChannelFuture written = write(answer, HEAD + answer.content().readableBytes());
    if (last) {
      stage = Stage.CLOSING;
      written.addListener(ChannelFutureListener.CLOSE);
    } else {
      stage = Stage.IDLE;
      guard.rests();
    }
  }

  private ChannelFuture write(HttpObject part, int size) {
    return server.backlog().write(channel, guard, part, size);
  }

  /** Nobody reads two requests ahead: stock clients never send them. */
  private void ignore(HttpObject part) {
    last = true;
    if (part instanceof HttpContent content) {
      ignored += content.content().readableBytes();
    }
    ignored += HEAD;
    if (stage == Stage.ANSWERING && ignored > V1Post.FORM_LIMIT) {
      channel.close();
    }
  }

  private void ifStill(V1Exchange which, Runnable action) {
    if (exchange == which) {
      action.run();
    }
  }

  private void leave() {
    if (exchange != null) {
      hall.leaves(exchange);
      exchange = null;
    }
  }

  private boolean hold(int bytes) {
    held += bytes;
    return hall.held().add(bytes);
  }

  private void release() {
    hall.held().remove(held);
    held = 0;
    body.reset();
  }

  private boolean mayOffer() {
    return counted == null || hall.offers().take(counted);
  }

  private String site() {
    return counted == null ? "" : V1Crowd.site(counted);
  }

  private static boolean isChunkable(HttpRequest request) {
    return request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  private static boolean isForm(HttpRequest request) {
    CharSequence type = HttpUtil.getMimeType(request);
    return type != null
        && type.toString().strip().equalsIgnoreCase("application/x-www-form-urlencoded");
  }
}
