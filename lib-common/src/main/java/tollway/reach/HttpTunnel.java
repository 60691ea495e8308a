// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The connection that an HTTP proxy makes for us: CONNECT of RFC 9110 §9.3.6. */
final class HttpTunnel extends UpstreamHandshake {
  private static final Pattern STATUS =
      Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})([ -~]{0,60}).*");

  private final String authority;

  HttpTunnel(Upstream proxy, String host, int port) {
    super(proxy);
    authority = Upstream.authority(host, port);
  }

  @Override
  ByteBuf greeting() {
    StringBuilder request = new StringBuilder();
    request.append("CONNECT ").append(authority).append(" HTTP/1.1\r\nHost: ").append(authority);
    proxy()
        .login()
        .ifPresent(
            login -> // RFC 7617 §2
            request
                    .append("\r\nProxy-Authorization: Basic ")
                    .append(
                        Base64.getEncoder()
                            .encodeToString(
                                (login.user() + ":" + login.password())
                                    .getBytes(StandardCharsets.UTF_8))));
    return Unpooled.copiedBuffer(request.append("\r\n\r\n"), StandardCharsets.US_ASCII);
  }

  @Override
  void hear(ChannelHandlerContext context, ByteBuf in) {
    String said =
        in.toString(
            in.readerIndex(),
            Math.min(in.readableBytes(), ANSWER_LIMIT),
            StandardCharsets.ISO_8859_1);
    int end = said.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    in.skipBytes(end + 4);
    Matcher status = STATUS.matcher(said.substring(0, said.indexOf("\r\n")));
    if (!status.matches()) {
      refused(context, "it does not speak HTTP");
    } else if (status.group(1).startsWith("2")) {
      opened(context);
    } else if (status.group(1).equals("407")) { // RFC 9110 §15.5.8
      notLetIn(context);
    } else if (!status.group(1).startsWith("1")) { // 1xx: the answer is still to come.
      refused(context, "it answers " + (status.group(1) + status.group(2)).strip());
    }
  }
}
