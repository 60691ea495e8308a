// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.signaling.Poll;
import tollway.signaling.PollAnswer;
import tollway.signaling.PollCodec;

/**
 * One connection's requests for {@code /v2/poll}, on its own loop, one after the other; what is for
 * another address passes through. A front may use one connection for all of its clients, and many
 * for one client. Who sends more before the answer is not heard any more.
 *
 * <pre>
 * idle ──a request for us──▶ reading ──its end──▶ answering ──▶ idle
 *  └───another──▶ passing ──▶ idle      └──wrong──▶ closing ◀──┘ the last
 * </pre>
 */
final class PollConnection extends ChannelInboundHandlerAdapter {
  private enum Stage {
    IDLE,
    PASSING,
    READING,
    ANSWERING,
    CLOSING
  }

  private static final int BAD_REQUEST = 400;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int TOO_LARGE = 413;
  private static final int FULL = 503;

  /** What an answer's head may take, in bytes. */
  private static final int HEAD = 256;

  private final SignalServer server;
  private final PollHall hall;
  private final ConnectionGuard guard;
  private final Channel channel;
  private final Duration patience;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

  private Stage stage = Stage.IDLE;
  private @Nullable Request request;
  private boolean used;
  private boolean last;
  private int held;
  private int ignored;

  /** {@code patience} is for one request to arrive in whole. */
  PollConnection(
      SignalServer server,
      PollHall hall,
      ConnectionGuard guard,
      Channel channel,
      Duration patience) {
    this.server = server;
    this.hall = hall;
    this.guard = guard;
    this.channel = channel;
    this.patience = patience;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HttpObject part)) {
      context.fireChannelRead(message);
      return;
    }
    if (stage == Stage.IDLE && part instanceof HttpRequest head && isOurs(head)) {
      begin(head);
      if (part instanceof HttpContent whole && stage == Stage.READING) {
        read(whole); // As HTTP/2 has it when there is no body.
      }
    } else if (stage == Stage.IDLE || stage == Stage.PASSING) {
      pass(part);
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
    if (event != Fault.STOPPING || !used) {
      context.fireUserEventTriggered(event);
    } else if (stage == Stage.ANSWERING) {
      last = true; // Its session is told, too.
    } else if (stage != Stage.CLOSING) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stage = Stage.CLOSING;
    release();
    Request waiting = request;
    request = null;
    if (waiting != null) {
      waiting.gone();
    }
    context.fireChannelInactive();
  }

  private static boolean isOurs(HttpRequest request) {
    String uri = request.uri();
    return request.decoderResult().isSuccess()
        && uri.startsWith(Poll.PATH)
        && (uri.length() == Poll.PATH.length() || uri.charAt(Poll.PATH.length()) == '?');
  }

  /** Somebody else's. */
  private void pass(HttpObject part) {
    if (part instanceof HttpRequest && used) {
      used = false;
      guard.expects(patience);
    }
    stage = part instanceof LastHttpContent ? Stage.IDLE : Stage.PASSING;
  }

  private void begin(HttpRequest head) {
    used = true;
    stage = Stage.READING;
    last = !HttpUtil.isKeepAlive(head);
    request = new Request(head.method(), server.client(channel, head.headers()));
    guard.expects(patience);
    if (HttpUtil.getContentLength(head, 0L) > Poll.SIZE_LIMIT) {
      refuseEarly(TOO_LARGE, "a poll has at most 32 KiB");
    } else if (HttpUtil.is100ContinueExpected(head)) {
      channel.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private void read(HttpContent content) {
    ByteBuf bytes = content.content();
    if (content.decoderResult().isFailure()) {
      refuseEarly(BAD_REQUEST, "not HTTP");
    } else if (body.size() + bytes.readableBytes() > Poll.SIZE_LIMIT) {
      refuseEarly(TOO_LARGE, "a poll has at most 32 KiB");
    } else if (!hold(bytes.readableBytes())) {
      refuseEarly(FULL, "this freddie is full");
    } else {
      byte[] copy = new byte[bytes.readableBytes()];
      bytes.readBytes(copy);
      body.writeBytes(copy);
      if (content instanceof LastHttpContent && request != null) {
        stage = Stage.ANSWERING;
        guard.proved();
        byte[] whole = body.toByteArray();
        release();
        ask(request, whole);
      }
    }
  }

  private void ask(Request asked, byte[] whole) {
    if (asked.method.equals(HttpMethod.OPTIONS)) {
      end(PollReplies.preflight(last));
    } else if (!asked.method.equals(HttpMethod.POST)) {
      asked.refuse(METHOD_NOT_ALLOWED, "POST only");
    } else {
      try {
        hall.asks(PollCodec.decodePoll(ByteBuffer.wrap(whole)), asked, channel.eventLoop());
      } catch (MalformedBytesException wrong) {
        asked.refuse(BAD_REQUEST, "not a poll");
      }
    }
  }

  /** Answers before the request is complete, which ends the connection. */
  private void refuseEarly(int status, String why) {
    last = true;
    request = null;
    write(PollReplies.not(status, why, true));
    stage = Stage.CLOSING;
    release();
    guard.cutSoon(Counters.Cut.LINGERING);
  }

  private void end(FullHttpResponse reply) {
    request = null;
    ChannelFuture written = write(reply);
    if (last) {
      stage = Stage.CLOSING;
      written.addListener(ChannelFutureListener.CLOSE);
    } else {
      stage = Stage.IDLE;
      guard.rests();
    }
  }

  private ChannelFuture write(FullHttpResponse reply) {
    int size = HEAD + reply.content().readableBytes();
    return server.backlog().write(channel, guard, reply, size);
  }

  private void ignore(HttpObject part) {
    last = true;
    if (part instanceof HttpContent content) {
      ignored += content.content().readableBytes();
    }
    ignored += HEAD;
    if (stage == Stage.ANSWERING && ignored > Poll.SIZE_LIMIT) {
      channel.close();
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

  /** One request, until it is answered. */
  private final class Request implements PollWaiter {
    private final HttpMethod method;
    private final SocketAddress remote;
    private volatile @Nullable PollSession session;

    Request(HttpMethod method, SocketAddress remote) {
      this.method = method;
      this.remote = remote;
    }

    @Override
    public void answer(PollAnswer answer) {
      onLoop(() -> end(PollReplies.of(answer, last)));
    }

    @Override
    public void refuse(int status, String why) {
      onLoop(
          () -> {
            last = true; // Nobody who means well is refused often.
            end(PollReplies.not(status, why, true));
          });
    }

    @Override
    public void belongsTo(PollSession owner) {
      session = owner;
    }

    @Override
    public SocketAddress remote() {
      return remote;
    }

    void gone() {
      PollSession owner = session;
      if (owner != null) {
        owner.gone(this);
      }
    }

    private void onLoop(Runnable reply) {
      try {
        channel
            .eventLoop()
            .execute(
                () -> {
                  if (request == this) {
                    reply.run();
                  }
                });
      } catch (RejectedExecutionException stopped) {
        // The process ends, and the connection with it.
      }
    }
  }
}
