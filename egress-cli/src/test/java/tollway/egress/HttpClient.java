// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A program that speaks HTTP/1.1 to the proxy on one connection, byte by byte. */
final class HttpClient implements AutoCloseable {
  /** A response as it came: its head with line ends as |, and its body without chunk sizes. */
  record Response(String head, String body) {
    int status() {
      return Integer.parseInt(head.split(" ", 3)[1]);
    }

    boolean has(String header) {
      return ("|" + head.toLowerCase(Locale.ROOT)).contains("|" + header + ":");
    }
  }

  private final Socket socket;
  private final InputStream in;

  HttpClient(String proxy) throws IOException {
    socket = new SocksClient(proxy).dial();
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** | ends a line. */
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  Socket socket() {
    return socket;
  }

  InputStream in() {
    return in;
  }

  Response get(String url) throws IOException {
    send("GET " + url + " HTTP/1.1|Host: ignored||");
    return receive(true);
  }

  /** {@code body}: whether one follows, where the head leaves that to the request's method. */
  Response receive(boolean body) throws IOException {
    StringBuilder head = new StringBuilder();
    for (String line = line(); !line.isEmpty(); line = line()) {
      head.append(line).append('|');
    }
    Response bare = new Response(head.toString(), "");
    if (!body || bare.status() < 200 || bare.status() == 204 || bare.status() == 304) {
      return bare;
    }
    if (bare.has("transfer-encoding")) {
      return new Response(bare.head(), chunks());
    }
    if (bare.has("content-length")) {
      String size = head.toString().replaceFirst("(?is).*\\|content-length: *(\\d+)\\|.*", "$1");
      return new Response(bare.head(), text(in.readNBytes(Integer.parseInt(size))));
    }
    return new Response(bare.head(), text(in.readAllBytes()));
  }

  /** Whether the proxy has closed, with nothing more to say. */
  boolean ended() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.write(in.readNBytes(size));
      line();
    }
    String trailer;
    do {
      trailer = line();
    } while (!trailer.isEmpty());
    return body.toString(StandardCharsets.ISO_8859_1);
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the proxy closed behind '" + line + "'");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
