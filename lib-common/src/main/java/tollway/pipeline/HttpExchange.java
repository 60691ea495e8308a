// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** One request and its response over one stream, each as fast as its reader takes it. */
final class HttpExchange {
  /** What an exchange tells the connection it belongs to. */
  interface Owner {
    /** The response is complete; the connection may carry another when {@code keepAlive}. */
    void answered(boolean keepAlive);

    /** The stream takes more of the request, or again no more. */
    void requestFlow();
  }

  private static final int LINE_LIMIT = 16 << 10;
  private static final int HEADERS_LIMIT = 256 << 10;
  private static final int CHUNK_LIMIT = 32 << 10;

  private final Channel client;
  private final Channel stream;
  private final Owner owner;
  private boolean keepAlive;
  private boolean clientIsOld;
  private boolean head;
  private boolean over;

  HttpExchange(Channel client, Channel stream, Owner owner) {
    this.client = client;
    this.stream = stream;
    this.owner = owner;
  }

  /** Sends the head; {@link #client} was called before. */
  void start(HttpRequest forwarded) {
    head = forwarded.method().equals(HttpMethod.HEAD);
    stream
        .pipeline()
        .addLast(new HttpClientCodec(LINE_LIMIT, HEADERS_LIMIT, CHUNK_LIMIT, true), new Response());
    stream.write(forwarded);
    stream.config().setAutoRead(client.isWritable());
  }

  /** What the client speaks, and whether it wants to send another request afterwards. */
  void client(HttpVersion version, boolean persistent) {
    clientIsOld = version.equals(HttpVersion.HTTP_1_0);
    keepAlive = persistent;
  }

  /** Owns {@code content}. */
  void requestContent(HttpContent content) {
    if (over) {
      content.release();
    } else {
      stream.write(content);
    }
  }

  boolean takesMore() {
    return over || stream.isWritable();
  }

  void flush() {
    stream.flush();
  }

  void clientWritable(boolean writable) {
    if (!over) {
      stream.config().setAutoRead(writable);
    }
  }

  /** Cancels, at once. */
  void clientGone() {
    if (!over) {
      over = true;
      Relay.abort(stream);
    }
  }

  private void complete() {
    over = true;
    stream.close();
    if (keepAlive) {
      client.flush();
    } else {
      client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
    owner.answered(keepAlive);
  }

  /** Turns the response's head into one that fits the client's connection. */
  private void adapt(HttpResponse response) {
    ForwardedRequest.removeHopByHop(response.headers());
    boolean sized = HttpUtil.isContentLengthSet(response) || isBodiless(response.status());
    if (clientIsOld) {
      // RFC 9112 §6.1: who speaks 1.0 does not know chunks.
      keepAlive &= sized;
      response.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
    } else if (!sized && !head) {
      HttpUtil.setTransferEncodingChunked(response, true);
    }
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
    if (!keepAlive) {
      response.headers().set(HttpHeaderNames.CONNECTION, "close");
    } else if (clientIsOld) {
      response.headers().set(HttpHeaderNames.CONNECTION, "keep-alive");
    }
  }

  /** RFC 9112 §6.3: these end with their head, whatever it says. */
  private static boolean isBodiless(HttpResponseStatus status) {
    return status.equals(HttpResponseStatus.NO_CONTENT)
        || status.equals(HttpResponseStatus.NOT_MODIFIED);
  }

  private final class Response extends ChannelInboundHandlerAdapter {
    private boolean begun;
    private boolean interim;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (over || !(message instanceof HttpObject object)) {
        ReferenceCountUtil.release(message);
        return;
      }
      if (object.decoderResult().isFailure()) {
        ReferenceCountUtil.release(message);
        broken(context, "the host's answer is not HTTP");
        return;
      }
      if (object instanceof HttpResponse response) {
        if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
          ReferenceCountUtil.release(message);
          broken(context, "the host changes to a protocol that nobody asked for");
          return;
        }
        interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (interim) {
          ForwardedRequest.removeHopByHop(response.headers());
        } else {
          begun = true;
          adapt(response);
        }
        pass(response);
      } else if (object instanceof LastHttpContent && interim) {
        pass(object);
        client.flush();
      } else {
        pass(object);
        if (object instanceof LastHttpContent) {
          complete();
          return;
        }
      }
      if (!client.isWritable()) {
        context.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      client.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      owner.requestFlow();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      context.fireUserEventTriggered(event);
      if (event instanceof NoStream why && !over) {
        over = true;
        owner.answered(false);
        ProxyPage.write(client, HttpProxy.status(why), why.reason());
      } else if (event instanceof ChannelInputShutdownEvent) {
        // A response without a length ends here: the codec says so when the channel is gone.
        context.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      broken(context, "the host closed the connection without an answer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      broken(context, "the connection to the host broke");
    }

    private void pass(HttpObject object) {
      if (interim && clientIsOld) {
        ReferenceCountUtil.release(object); // RFC 9110 §15.2: 1.0 knows nothing of it.
      } else {
        client.write(object).addListener(this::written);
      }
    }

    private void written(io.netty.util.concurrent.Future<?> done) {
      if (!done.isSuccess()) {
        clientGone();
      }
    }

    private void broken(ChannelHandlerContext context, String why) {
      if (over) {
        return;
      }
      over = true;
      Relay.abort(context.channel());
      owner.answered(false);
      if (begun) {
        Relay.abort(client); // Half an answer must not pass for a whole one.
      } else {
        ProxyPage.write(client, why);
      }
    }
  }

  /** Whether a request may be followed by another on the same connection (RFC 9112 §9.3). */
  static boolean persists(HttpRequest request) {
    String proxy = request.headers().get("Proxy-Connection", "");
    return HttpUtil.isKeepAlive(request)
        && !proxy.equalsIgnoreCase("close")
        && !request.method().equals(HttpMethod.CONNECT);
  }
}
