// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;

/**
 * One HTTP connection of a local program (RFC 9110 §3.7, §9.3.6): one request after the other, each
 * over a stream of its own; after a CONNECT a relay takes its place.
 */
final class HttpProxy extends ChannelInboundHandlerAdapter {
  private static final byte[] ESTABLISHED =
      "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ProxyPort port;

  /** What has been read and cannot be dealt with yet: at most what one read brought. */
  private final Queue<HttpObject> held = new ArrayDeque<>();

  private boolean opening;
  private boolean closing;
  private boolean tunnel;
  private @Nullable HttpExchange exchange;

  HttpProxy(ProxyPort port) {
    this.port = port;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpObject object && !closing) {
      held.add(object);
      proceed(context);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    HttpExchange running = exchange;
    if (running != null) {
      running.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    HttpExchange running = exchange;
    if (running != null) {
      running.clientWritable(context.channel().isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    dropHeld();
    HttpExchange running = exchange;
    exchange = null;
    if (running != null) {
      running.clientGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  /** Deals with what is held as far as that is possible now. */
  private void proceed(ChannelHandlerContext context) {
    while (!opening && !closing && !held.isEmpty()) {
      HttpObject next = held.element();
      HttpExchange running = exchange;
      if (next instanceof HttpRequest request) {
        if (running != null) {
          break; // The one before is still being answered.
        }
        held.remove();
        begin(context, request);
      } else {
        held.remove();
        if (running != null && next instanceof HttpContent content) {
          running.requestContent(content);
        } else {
          ReferenceCountUtil.release(next); // Behind a request that was refused.
        }
      }
    }
    if (!tunnel) {
      HttpExchange running = exchange;
      boolean room = running == null || running.takesMore();
      context.channel().config().setAutoRead(!opening && held.isEmpty() && room);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "the request is not HTTP/1.1");
      return;
    }
    if (ProxyAutoConfig.isAskedBy(request)) {
      closing = true;
      dropHeld();
      ProxyPage.writeAutoConfig(context.channel());
      return;
    }
    String authorization = request.headers().get(HttpHeaderNames.PROXY_AUTHORIZATION);
    if (port.user().filter(user -> !user.is(authorization)).isPresent()) {
      refuse(
          context,
          HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
          "it wants the user and password of its user file");
      return;
    }
    try {
      boolean connect = request.method().equals(HttpMethod.CONNECT);
      Destination destination =
          connect ? Destination.parse(request.uri(), 0) : ForwardedRequest.destination(request);
      opening = true;
      port.streams()
          .open(
              destination,
              connect ? new Tunnel(context) : new Plain(context, request, destination));
    } catch (MalformedBytesException wrong) {
      refuse(context, HttpResponseStatus.BAD_REQUEST, String.valueOf(wrong.getMessage()));
    }
  }

  private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String why) {
    closing = true;
    dropHeld();
    ProxyPage.write(context.channel(), status, why);
  }

  private void dropHeld() {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }

  static HttpResponseStatus status(NoStream why) {
    if (why.status().isEmpty()) {
      return HttpResponseStatus.SERVICE_UNAVAILABLE;
    }
    return switch (why.status().get()) {
      case FORBIDDEN -> HttpResponseStatus.FORBIDDEN;
      case TIMED_OUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
      case BUSY -> HttpResponseStatus.SERVICE_UNAVAILABLE;
      case CONNECTED, NO_SUCH_NAME, UNREACHABLE, REFUSED, BAD_HEADER ->
          HttpResponseStatus.BAD_GATEWAY;
    };
  }

  /** A request whose stream is being opened. */
  private abstract class Opening implements WaitingStreams.Outcome {
    final ChannelHandlerContext context;

    Opening(ChannelHandlerContext context) {
      this.context = context;
    }

    @Override
    public void failed(NoStream why) {
      opening = false;
      if (!cancelled()) {
        refuse(context, status(why), why.reason());
      }
    }

    @Override
    public boolean cancelled() {
      return closing || !context.channel().isActive();
    }
  }

  private final class Tunnel extends Opening {
    Tunnel(ChannelHandlerContext context) {
      super(context);
    }

    @Override
    public void connected(DuplexChannel stream) {
      opening = false;
      // The end of the CONNECT request itself is all that may have come until now: data before our
      // answer has been taken for HTTP by the decoder.
      if (held.size() != 1 || held.element() != LastHttpContent.EMPTY_LAST_CONTENT) {
        Relay.abort(stream);
        refuse(context, HttpResponseStatus.BAD_REQUEST, "data came before the answer to CONNECT");
        return;
      }
      tunnel = true;
      dropHeld();
      DuplexChannel client = (DuplexChannel) context.channel();
      client.pipeline().remove(ProxyGreeting.IdleEnd.class);
      client.pipeline().remove(HttpServerCodec.class);
      client.writeAndFlush(Unpooled.copiedBuffer(ESTABLISHED));
      client.pipeline().remove(HttpProxy.this);
      Relay.join(client, stream, new Relay.Count(), new Relay.Count());
    }
  }

  private final class Plain extends Opening {
    private final HttpRequest request;
    private final Destination destination;

    Plain(ChannelHandlerContext context, HttpRequest request, Destination destination) {
      super(context);
      this.request = request;
      this.destination = destination;
    }

    @Override
    public void connected(DuplexChannel stream) {
      opening = false;
      HttpExchange begun =
          new HttpExchange(
              context.channel(),
              stream,
              new HttpExchange.Owner() {
                @Override
                public void answered(boolean keepAlive) {
                  exchange = null;
                  closing = !keepAlive;
                  proceed(context);
                }

                @Override
                public void requestFlow() {
                  proceed(context);
                }
              });
      exchange = begun;
      begun.client(request.protocolVersion(), HttpExchange.persists(request));
      begun.start(ForwardedRequest.of(request, destination));
      proceed(context);
      begun.flush();
    }
  }
}
