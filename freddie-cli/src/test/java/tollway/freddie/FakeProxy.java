// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import tollway.loop.BackgroundThread;
import tollway.reach.Upstream;

/** An HTTP or SOCKS5 proxy on loopback, which knows a few names and all addresses. */
final class FakeProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Upstream.Kind kind;
  private final String login;
  private final Map<String, InetSocketAddress> names;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** {@code login} is USER:PASSWORD, or empty; {@code names} are {@code HOST:PORT}. */
  FakeProxy(Upstream.Kind kind, String login, Map<String, InetSocketAddress> names)
      throws IOException {
    this.kind = kind;
    this.login = login;
    this.names = Map.copyOf(names);
    BackgroundThread.start(
        "fake-proxy",
        () -> {
          while (true) {
            Socket visitor = listener.accept();
            BackgroundThread.start("fake-proxy-visitor", () -> serve(visitor));
          }
        });
  }

  String url() {
    return (kind == Upstream.Kind.HTTP ? "http" : "socks5")
        + "://127.0.0.1:"
        + listener.getLocalPort();
  }

  Upstream upstream(Optional<Upstream.Login> as) {
    return Upstream.parse(url(), as);
  }

  /** Where it was asked to connect. */
  List<String> asked() {
    return asked;
  }

  private void serve(Socket visitor) throws IOException {
    try (visitor) {
      DataInputStream in = new DataInputStream(visitor.getInputStream());
      if (kind == Upstream.Kind.HTTP) {
        serveHttp(visitor, in);
      } else {
        serveSocks(visitor, in);
      }
    }
  }

  private void serveHttp(Socket visitor, DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0 && head.length() < 2000) {
      head.append((char) in.readUnsignedByte());
    }
    String credentials = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    if (!login.isEmpty() && head.indexOf("\r\nProxy-Authorization: Basic " + credentials) < 0) {
      say(visitor, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    Optional<Socket> site =
        head.indexOf("CONNECT ") == 0 ? connect(head.toString().split(" ")[1]) : Optional.empty();
    if (site.isEmpty()) {
      say(visitor, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    } else {
      say(visitor, "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
      join(visitor, site.get());
    }
  }

  private void serveSocks(Socket visitor, DataInputStream in) throws IOException {
    OutputStream out = visitor.getOutputStream();
    if (in.readUnsignedByte() != 5) {
      out.write(new byte[] {4, 91}); // It may be SOCKS4, and is refused.
      return;
    }
    String methods = text(in);
    boolean open = login.isEmpty();
    if (methods.indexOf(open ? 0 : 2) < 0) {
      out.write(new byte[] {5, (byte) 0xff});
      return;
    }
    out.write(new byte[] {5, (byte) (open ? 0 : 2)});
    if (!open) {
      in.readByte();
      boolean right = (text(in) + ":" + text(in)).equals(login);
      out.write(new byte[] {1, (byte) (right ? 0 : 1)});
      if (!right) {
        return;
      }
    }
    in.skipNBytes(3);
    String host =
        switch (in.readByte()) {
          case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
          case 3 -> text(in);
          default -> "";
        };
    Optional<Socket> site = connect(host + ":" + in.readUnsignedShort());
    out.write(new byte[] {5, (byte) (site.isPresent() ? 0 : 4), 0, 1, 0, 0, 0, 0, 0, 0});
    if (site.isPresent()) {
      join(visitor, site.get());
    }
  }

  private Optional<Socket> connect(String at) throws IOException {
    asked.add(at);
    if (names.containsKey(at)) {
      InetSocketAddress known = names.get(at);
      return Optional.of(new Socket(known.getAddress(), known.getPort()));
    }
    String[] parts = at.split(":");
    return parts[0].matches("[0-9.]+")
        ? Optional.of(new Socket(parts[0], Integer.parseInt(parts[1])))
        : Optional.empty();
  }

  private static void join(Socket visitor, Socket site) throws IOException {
    try (site) {
      BackgroundThread.start(
          "fake-proxy-down",
          () -> {
            try (visitor) {
              site.getInputStream().transferTo(visitor.getOutputStream());
            }
          });
      visitor.getInputStream().transferTo(site.getOutputStream());
    }
  }

  private static void say(Socket visitor, String text) throws IOException {
    visitor.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
