// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tollway.bytes.MalformedBytesException;

/** What a proxy makes of a request before the origin sees it (RFC 9110 §7.6, RFC 9112 §3.2). */
final class ForwardedRequest {
  private static final String SCHEME = "http://";

  /** RFC 9110 §7.6.1: fields about this connection only, besides those that Connection names. */
  private static final List<String> HOP_BY_HOP =
      List.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "proxy-authenticate",
          "te",
          "upgrade");

  /** Never removed because Connection names them: the body would be taken for something else. */
  private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

  private ForwardedRequest() {}

  /** From the absolute form (RFC 9112 §3.2.2), the only one that a proxy gets. */
  static Destination destination(HttpRequest request) throws MalformedBytesException {
    String uri = request.uri();
    if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw new MalformedBytesException(
          uri.toLowerCase(Locale.ROOT).startsWith("https:")
              ? "an https address goes through a proxy by CONNECT"
              : "this is a proxy for HTTP and SOCKS5: set it as such in your program");
    }
    String authority = uri.substring(SCHEME.length(), endOfAuthority(uri));
    return Destination.parse(authority.substring(authority.lastIndexOf('@') + 1), 80);
  }

  /** The request in origin form; the origin closes the connection behind its answer. */
  static HttpRequest of(HttpRequest request, Destination destination) {
    String rest = request.uri().substring(endOfAuthority(request.uri()));
    int fragment = rest.indexOf('#');
    String target = fragment < 0 ? rest : rest.substring(0, fragment);
    HttpRequest forwarded =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1,
            request.method(),
            target.startsWith("/") ? target : "/" + target,
            request.headers().copy());
    // No Via field, against RFC 9110 §7.6.3: it would tell the origin who uses a volunteer.
    removeHopByHop(forwarded.headers());
    forwarded.headers().set(HttpHeaderNames.HOST, destination.authority());
    forwarded.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return forwarded;
  }

  static void removeHopByHop(HttpHeaders headers) {
    for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String named : line.split(",", -1)) {
        if (!FRAMING.contains(named.strip().toLowerCase(Locale.ROOT))) {
          headers.remove(named.strip());
        }
      }
    }
    HOP_BY_HOP.forEach(headers::remove);
  }

  private static int endOfAuthority(String uri) {
    for (int i = SCHEME.length(); i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return i;
      }
    }
    return uri.length();
  }
}
