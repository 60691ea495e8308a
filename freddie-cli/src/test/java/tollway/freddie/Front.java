// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import tollway.loop.BackgroundThread;

/** Stands between people and a freddie, as a CDN or a censor, and lets no WebSocket pass. */
final class Front implements AutoCloseable {
  /** What becomes of requests for a WebSocket. */
  enum Manner {
    REFUSES,
    SWALLOWS
  }

  private final ServerSocket listener;
  private final InetSocketAddress freddie;
  private final Manner manner;
  private final AtomicInteger upgrades = new AtomicInteger();
  private final AtomicInteger toLose = new AtomicInteger();

  Front(InetSocketAddress freddie, Manner manner) throws IOException {
    this.freddie = freddie;
    this.manner = manner;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BackgroundThread.start(
        "front",
        () -> {
          while (true) {
            Socket visitor = listener.accept();
            BackgroundThread.start("front-visitor", () -> receive(visitor));
          }
        });
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** How often somebody asked for a WebSocket. */
  int upgrades() {
    return upgrades.get();
  }

  /** The next so many connections end when their first answer should come. */
  void losesAnswers(int connections) {
    toLose.set(connections);
  }

  /** How many of them are still to come. */
  int toLose() {
    return Math.max(0, toLose.get());
  }

  private void receive(Socket visitor) throws IOException {
    try (visitor) {
      InputStream in = visitor.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        head.write(next);
      }
      if (!head.toString(StandardCharsets.ISO_8859_1).contains("/v2/signal")) {
        pass(visitor, head.toByteArray());
      } else if (manner == Manner.REFUSES) {
        upgrades.incrementAndGet();
        visitor
            .getOutputStream()
            .write(
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
      } else {
        upgrades.incrementAndGet();
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  private void pass(Socket visitor, byte[] head) throws IOException {
    boolean loses = toLose.getAndDecrement() > 0;
    try (Socket inner = new Socket(freddie.getAddress(), freddie.getPort())) {
      inner.getOutputStream().write(head);
      BackgroundThread.start(
          "front-passes",
          () -> {
            try (visitor) {
              if (!loses) {
                inner.getInputStream().transferTo(visitor.getOutputStream());
              } else if (inner.getInputStream().read() < 0) {
                throw new IOException("no answer to lose");
              }
            } catch (SocketException gone) {
              // One of the two.
            }
          });
      visitor.getInputStream().transferTo(inner.getOutputStream());
    } catch (SocketException gone) {
      // One of the two.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
