// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Instant;
import tollway.bytes.Bytes;
import tollway.signaling.PollAnswer;
import tollway.signaling.PollCodec;

/**
 * The answers of {@code /v2/poll}, all with their length, and not to be kept by anybody on the way.
 */
final class PollReplies {
  private PollReplies() {}

  static FullHttpResponse of(PollAnswer answer, boolean last) {
    FullHttpResponse reply = reply(HttpResponseStatus.OK, PollCodec.encode(answer), last);
    reply.headers().set("Content-Type", "application/octet-stream");
    return reply;
  }

  /** Not answered, for the reason that {@code status} and {@code text} say. */
  static FullHttpResponse not(int status, String text, boolean last) {
    FullHttpResponse reply =
        reply(HttpResponseStatus.valueOf(status), Bytes.ofUtf8(text + "\n"), last);
    reply.headers().set("Content-Type", "text/plain; charset=utf-8");
    if (status == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      reply.headers().set("Allow", "OPTIONS, POST");
    } else if (status == HttpResponseStatus.TOO_MANY_REQUESTS.code()) {
      reply.headers().set("Retry-After", 1);
    }
    return reply;
  }

  /** Before a page says something that no form could say, Fetch Standard §3.2.2. */
  static FullHttpResponse preflight(boolean last) {
    FullHttpResponse reply = reply(HttpResponseStatus.NO_CONTENT, Bytes.EMPTY, last);
    reply
        .headers()
        .set("Access-Control-Allow-Methods", "POST")
        .set("Access-Control-Allow-Headers", "Content-Type")
        .set("Access-Control-Max-Age", 86_400);
    return reply;
  }

  private static FullHttpResponse reply(HttpResponseStatus status, Bytes body, boolean last) {
    FullHttpResponse reply =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body.toArray()));
    reply
        .headers()
        .set("Date", OperatorPages.HTTP_DATE.format(Instant.now()))
        .set("Cache-Control", "no-store")
        .set("Access-Control-Allow-Origin", "*");
    if (status.code() != 204) { // RFC 9110 §8.6.
      reply.headers().set("Content-Length", body.size());
    }
    if (last) {
      reply.headers().set("Connection", "close");
    }
    return reply;
  }
}
