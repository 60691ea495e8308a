// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A site that answers byte for byte as old, odd and hostile ones do: the path says how. */
final class RawOrigin implements AutoCloseable {
  static final int EOF_BODY_SIZE = 3 << 20;

  private final ServerSocket listener;
  private final String name;

  /** {@code name} is what its plain pages say. */
  RawOrigin(String name) throws IOException {
    this.name = name;
    listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  static byte[] eofBody() {
    byte[] body = new byte[EOF_BODY_SIZE];
    new Random(3).nextBytes(body);
    return body;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String head = head(socket.getInputStream());
      String path = head.split(" ", 3)[1];
      OutputStream out = socket.getOutputStream();
      switch (path) {
        case "/eof" -> {
          out.write(ascii("HTTP/1.0 200 OK|Connection: close|X-Hop: 1||"));
          out.write(eofBody());
        }
        case "/echo" -> echo(socket);
        case "/head" ->
            out.write(ascii(head.startsWith("HEAD ") ? sized(head, false) : sized(head, true)));
        case "/chunked" ->
            out.write(ascii("HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|2|de|0||"));
        case "/chunked-head" -> out.write(ascii("HTTP/1.1 200 OK|Transfer-Encoding: chunked||"));
        case "/204" -> out.write(ascii("HTTP/1.1 204 No Content||"));
        case "/304" -> out.write(ascii("HTTP/1.1 304 Not Modified|ETag: x|Content-Length: 9||"));
        case "/hints" -> out.write(ascii("HTTP/1.1 103 Early Hints|Link: a||" + sized(head, true)));
        case "/upgrade" -> out.write(ascii("HTTP/1.1 101 Switching|Upgrade: x||rubbish"));
        case "/continue" -> {
          out.write(ascii("HTTP/1.1 100 Continue||"));
          String body = new String(socket.getInputStream().readNBytes(5), StandardCharsets.UTF_8);
          out.write(ascii("HTTP/1.1 200 OK|Content-Length: 5||" + body));
        }
        case "/hop" ->
            out.write(
                ascii(
                    "HTTP/1.1 200 OK|Connection: X-Secret, close|X-Secret: 1|Keep-Alive: timeout=9|"
                        + "Proxy-Authenticate: Basic realm=mallory|Content-Length: 2||ok"));
        case "/cut" -> {
          out.write(ascii("HTTP/1.1 200 OK|Content-Length: 1000||half"));
          out.flush();
          socket.setSoLinger(true, 0);
        }
        case "/cut-eof" -> {
          out.write(ascii("HTTP/1.1 200 OK|Connection: close||half"));
          out.flush();
          Thread.sleep(300); // Lets the half arrive before the reset overtakes it.
          socket.setSoLinger(true, 0);
        }
        case "/nonsense" -> out.write(ascii("this is not HTTP||"));
        default -> out.write(ascii(sized(head, true)));
      }
    } catch (IOException | InterruptedException gone) {
      // The other end has lost interest.
    }
  }

  /** Says nothing before it has heard the end. */
  private static void echo(Socket socket) throws IOException {
    byte[] all = socket.getInputStream().readAllBytes();
    socket.getOutputStream().write(all);
  }

  /** The page: the name, and the head of the request as it came. */
  private String sized(String head, boolean body) {
    String page = name + "\n" + head;
    return "HTTP/1.1 200 OK|Content-Length: " + page.length() + "||" + (body ? page : "");
  }

  private static byte[] ascii(String text) {
    return text.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }
}
