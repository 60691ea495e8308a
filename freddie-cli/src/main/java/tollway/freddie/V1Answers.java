// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Instant;
import tollway.bytes.Bytes;
import tollway.signaling.v1.V1Generation;

/** The answers of {@code /v1/signal}, with the headers that Unbounded's own server gives. */
final class V1Answers {
  static final int OK = 200;
  static final int BAD_REQUEST = 400;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int TOO_LARGE = 413;

  /** Nobody here speaks the client's version. */
  static final int TEAPOT = 418;

  static final int FULL = 503;

  /** How long a stock client stays away by itself when it can tell that something failed. */
  private static final int RETRY_SECONDS = 5;

  private V1Answers() {}

  /** A whole answer; those that are not OK name their status in the body, too. */
  static FullHttpResponse whole(int status, Bytes said, boolean last) {
    Bytes body = status == OK ? said : Bytes.ofUtf8(status + "\n");
    FullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status(status), buffer(body));
    answer.headers().set("Access-Control-Allow-Origin", "*");
    if (status == METHOD_NOT_ALLOWED) {
      answer.headers().set("Allow", "GET, OPTIONS, POST");
    }
    if (status == FULL) {
      answer.headers().set("Retry-After", RETRY_SECONDS);
    }
    answer.headers().set("Date", date()).set("Content-Length", body.size());
    type(answer, body.size() > 0, last);
    return answer;
  }

  /** What a browser asks before it sends the version header, Fetch Standard §3.2. */
  static FullHttpResponse preflight(boolean last) {
    FullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
    answer
        .headers()
        .set("Access-Control-Allow-Credentials", "*")
        .set(
            "Access-Control-Allow-Headers",
            "Access-Control-Allow-Headers, Origin, Accept, X-Requested-With, Content-Type,"
                + " Access-Control-Request-Method, Access-Control-Request-Headers, "
                + V1Generation.VERSION_HEADER)
        .set("Access-Control-Allow-Methods", "GET,HEAD,OPTIONS,POST,PUT")
        .set("Access-Control-Allow-Origin", "*")
        .set("Date", date())
        .set("Content-Length", 0);
    type(answer, false, last);
    return answer;
  }

  /** The beginning of a stream; {@code chunked} is not for HTTP/1.0. */
  static HttpResponse streamHead(boolean chunked, boolean last) {
    HttpResponse answer = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    answer.headers().set("Access-Control-Allow-Origin", "*").set("Date", date());
    type(answer, true, last);
    if (chunked) {
      answer.headers().set("Transfer-Encoding", "chunked");
    }
    return answer;
  }

  static ByteBuf buffer(Bytes bytes) {
    return Unpooled.wrappedBuffer(bytes.toArray());
  }

  private static void type(HttpResponse answer, boolean body, boolean last) {
    if (body) {
      answer.headers().set("Content-Type", "text/plain; charset=utf-8");
    }
    if (last) {
      answer.headers().set("Connection", "close");
    }
  }

  private static HttpResponseStatus status(int status) {
    // RFC 2324 §2.3.2; Netty knows it by number only.
    return status == TEAPOT
        ? HttpResponseStatus.valueOf(TEAPOT, "I'm a teapot")
        : HttpResponseStatus.valueOf(status);
  }

  private static String date() {
    return OperatorPages.HTTP_DATE.format(Instant.now());
  }
}
