// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 connection made by hand; remembers the bytes of what it is answered. */
final class V1Client implements AutoCloseable {
  /**
   * @param head the status line and the headers as they came, but for the date
   * @param body without its chunks
   */
  record Answer(int status, String head, String body) {}

  private final Socket socket = new Socket();
  private final InputStream in;

  V1Client(InetSocketAddress freddie) throws IOException {
    // Small, so that not reading is noticed soon.
    socket.setReceiveBufferSize(8 << 10);
    socket.setTcpNoDelay(true);
    socket.connect(freddie, 30_000);
    socket.setSoTimeout(30_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A status or request line and headers. */
  static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  /** What Go's HTTP client writes for a GET. */
  static String get(String version) {
    return """
        GET /v1/signal HTTP/1.1
        Host: freddie
        User-Agent: Go-http-client/1.1
        X-Bf-Version: %s
        Accept-Encoding: gzip

        """
        .formatted(version)
        .replace("\n", "\r\n");
  }

  /** What Go's HTTP client writes for a form. */
  static String post(String version, String form) {
    return """
        POST /v1/signal HTTP/1.1
        Host: freddie
        User-Agent: Go-http-client/1.1
        Content-Length: %d
        Content-Type: application/x-www-form-urlencoded
        X-Bf-Version: %s
        Accept-Encoding: gzip

        """
            .formatted(form.length(), version)
            .replace("\n", "\r\n")
        + form;
  }

  /** As Go's {@code url.Values} has it. */
  static String form(int type, String sendTo, String data) {
    return "data="
        + URLEncoder.encode(data, StandardCharsets.UTF_8)
        + "&send-to="
        + URLEncoder.encode(sendTo, StandardCharsets.UTF_8)
        + "&type="
        + type;
  }

  void say(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Waits for one whole answer. */
  Answer hear() throws IOException {
    Answer begun = hearHead();
    StringBuilder body = new StringBuilder();
    if (begun.head().contains("Transfer-Encoding: chunked\r\n")) {
      for (String chunk = hearChunk(); !chunk.isEmpty(); chunk = hearChunk()) {
        body.append(chunk);
      }
    } else {
      body.append(hear(Integer.parseInt(header(begun.head(), "content-length"))));
    }
    return new Answer(begun.status(), begun.head(), body.toString());
  }

  /** Waits for the beginning of an answer. */
  Answer hearHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append(hear(1));
    }
    return new Answer(
        Integer.parseInt(head.substring(9, 12)),
        head.toString().replaceFirst("\r\nDate: [^\r]{29}\r\n", "\r\nDate: *\r\n"),
        "");
  }

  /** The next chunk of a stream; the empty one is its end. */
  String hearChunk() throws IOException {
    StringBuilder size = new StringBuilder();
    while (size.indexOf("\r\n") < 0) {
      size.append(hear(1));
    }
    String chunk = hear(Integer.parseInt(size.toString().strip(), 16));
    hear(2);
    return chunk;
  }

  /** The next chunk, or null when none comes within {@code patience}. */
  @Nullable String hearChunk(Duration patience) throws IOException {
    socket.setSoTimeout(Math.max(1, (int) patience.toMillis()));
    try {
      return hearChunk();
    } catch (SocketTimeoutException nothing) {
      return null;
    } finally {
      socket.setSoTimeout(30_000);
    }
  }

  /** Reads until freddie has closed the connection, however; what came. */
  String hearEnd() throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      in.transferTo(rest);
    } catch (SocketException reset) {
      // That is an end too.
    }
    return rest.toString(StandardCharsets.UTF_8);
  }

  /** Goes, whatever there is to be heard. */
  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    hangUp();
  }

  private String hear(int count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (bytes.size() < count) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("freddie closed after " + bytes);
      }
      bytes.write(next);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
        .findFirst()
        .map(line -> line.substring(name.length() + 2))
        .orElseThrow();
  }
}
