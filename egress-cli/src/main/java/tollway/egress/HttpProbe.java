// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import tollway.loop.BackgroundThread;
import tollway.reach.Route;

/** Asks a web server for one page and looks at nothing but the head of its answer. */
final class HttpProbe {
  /** The status, and the server's clock when it tells it. */
  record Answer(int status, Optional<Instant> date) {}

  private static final int HEAD_LIMIT = 16 << 10;

  private HttpProbe() {}

  /** {@code GET /healthz} below {@code base}; fails with an {@link IOException} for people. */
  static CompletableFuture<Answer> health(URI base, Duration patience) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    BackgroundThread.start(
        "http-probe",
        () -> {
          try {
            answer.complete(ask(base, (int) patience.toMillis()));
          } catch (UnknownHostException unknown) {
            answer.completeExceptionally(new IOException("no such host"));
          } catch (SocketTimeoutException slow) {
            answer.completeExceptionally(
                new IOException("no answer within " + patience.toSeconds() + " s"));
          } catch (IOException failed) {
            answer.completeExceptionally(failed);
          }
        });
    return answer;
  }

  private static Answer ask(URI base, int millis) throws IOException {
    Route route = Route.of(base);
    try (Socket plain = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(route.host(), route.port());
      if (address.isUnresolved()) {
        throw new UnknownHostException(route.host());
      }
      plain.connect(address, millis);
      plain.setSoTimeout(millis);
      try (Socket socket = route.isSecure() ? secured(plain, route.host(), route.port()) : plain) {
        String request =
            "GET "
                + route.path()
                + "/healthz HTTP/1.1\r\nHost: "
                + route.authority()
                + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return parse(head(new BufferedInputStream(socket.getInputStream())));
      }
    }
  }

  private static SSLSocket secured(Socket plain, String host, int port) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int newlines = 0;
    while (newlines < 2) {
      int octet = in.read();
      if (octet < 0) {
        break;
      }
      read.write(octet);
      newlines = octet == '\n' ? newlines + 1 : octet == '\r' ? newlines : 0;
      if (read.size() > HEAD_LIMIT) {
        throw new IOException("the answer is not HTTP");
      }
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  static Answer parse(String head) throws IOException {
    String[] lines = head.split("\r?\n");
    if (!lines[0].matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
      throw new IOException("the answer is not HTTP");
    }
    Optional<Instant> date = Optional.empty();
    for (String line : lines) {
      if (line.regionMatches(true, 0, "date:", 0, 5)) {
        date = date(line.substring(5).strip());
      }
    }
    return new Answer(Integer.parseInt(lines[0].substring(9, 12)), date);
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }
}
