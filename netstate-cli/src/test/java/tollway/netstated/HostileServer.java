// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import tollway.loop.BackgroundThread;

/** Says the same to everybody who connects, whatever they ask, and hangs up. */
final class HostileServer implements AutoCloseable {
  /** What begins an answer that a watcher believes. */
  static final String EVENTS =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

  private final ServerSocket listener;

  private HostileServer(ServerSocket listener) {
    this.listener = listener;
  }

  interface Answer {
    void write(OutputStream out) throws IOException;
  }

  static HostileServer saying(String answer) throws IOException {
    return start(out -> out.write(answer.getBytes(StandardCharsets.UTF_8)));
  }

  /** Until the other side has had enough. */
  static HostileServer sayingForever(String start, String part) throws IOException {
    return start(
        out -> {
          out.write(start.getBytes(StandardCharsets.UTF_8));
          byte[] parts = part.repeat(1 + 65_536 / part.length()).getBytes(StandardCharsets.UTF_8);
          while (true) {
            out.write(parts);
          }
        });
  }

  static HostileServer start(Answer answer) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BackgroundThread.start("hostile-server", () -> serve(listener, answer));
    return new HostileServer(listener);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private static void serve(ServerSocket listener, Answer answer) throws IOException {
    while (true) {
      try (Socket socket = listener.accept()) {
        socket.getInputStream().read(new byte[4096]);
        answer.write(socket.getOutputStream());
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (IOException hungUp) {
        if (listener.isClosed()) {
          throw hungUp;
        }
      }
    }
  }
}
