// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.time.Instant;
import java.util.Optional;
import tollway.bytes.Bytes;

/** {@code GET /v2/list}, when there is a list; all else is for those behind. */
final class ListPage extends ChannelInboundHandlerAdapter {
  private final ListBoard board;

  ListPage(ListBoard board) {
    this.board = board;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Optional<Bytes> document =
        message instanceof FullHttpRequest request && isForUs(request)
            ? board.document(Instant.now())
            : Optional.empty();
    if (document.isEmpty()) {
      context.fireChannelRead(message);
      return;
    }
    ReferenceCountUtil.release(message);
    // The list's own memory: a thousand who do not read it cost no more than one.
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            Unpooled.wrappedBuffer(document.get().toBuffer()));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream")
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "public, max-age=60")
        .set(HttpHeaderNames.DATE, OperatorPages.HTTP_DATE.format(Instant.now()))
        .set(HttpHeaderNames.CONNECTION, "close");
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static boolean isForUs(FullHttpRequest request) {
    return request.decoderResult().isSuccess()
        && request.method().equals(HttpMethod.GET)
        && request.uri().replaceFirst("\\?.*", "").equals("/v2/list");
  }
}
