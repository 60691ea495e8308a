// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import tollway.loop.BackgroundThread;

/** Opens a WebSocket to whoever comes, says what it was given, and hears until they leave. */
final class FalseFreddie implements AutoCloseable {
  private final ServerSocket listener;
  private final byte[] words;
  private final BlockingQueue<Long> visits = new LinkedBlockingQueue<>();

  private final CountDownLatch listens;

  /** {@code words} are whole frames, as {@link #frame} makes them. */
  FalseFreddie(byte[] words) throws IOException {
    this(words, new CountDownLatch(0));
  }

  private FalseFreddie(byte[] words, CountDownLatch listens) throws IOException {
    this.words = words.clone();
    this.listens = listens;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BackgroundThread.start(
        "false-freddie",
        () -> {
          while (true) {
            receive(listener.accept());
          }
        });
  }

  /** One that does not hear what visitors say. */
  static FalseFreddie deaf(byte[] words) throws IOException {
    return new FalseFreddie(words, new CountDownLatch(1));
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** The times, of {@link System#nanoTime}, when somebody connected. */
  BlockingQueue<Long> visits() {
    return visits;
  }

  /** A frame as a server sends it: not masked. */
  static byte[] frame(int opcode, byte[] payload) {
    int head = payload.length < 126 ? 2 : 4;
    byte[] frame = new byte[head + payload.length];
    frame[0] = (byte) (0x80 | opcode);
    if (head == 2) {
      frame[1] = (byte) payload.length;
    } else {
      frame[1] = 126;
      frame[2] = (byte) (payload.length >>> 8);
      frame[3] = (byte) payload.length;
    }
    System.arraycopy(payload, 0, frame, head, payload.length);
    return frame;
  }

  private void receive(Socket visitor) {
    visits.add(System.nanoTime());
    BackgroundThread.start("false-freddie-visitor", () -> converse(visitor));
  }

  private void converse(Socket visitor) throws IOException, InterruptedException {
    try (visitor) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(visitor.getInputStream()));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      String key = head.toString().replaceFirst("(?is).*sec-websocket-key: *([^\r]+).*", "$1");
      String answer =
          """
          HTTP/1.1 101 Switching Protocols
          Upgrade: websocket
          Connection: Upgrade
          Sec-WebSocket-Accept: %s

          """
              .formatted(accept(key));
      visitor
          .getOutputStream()
          .write(answer.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      visitor.getOutputStream().write(words);
      listens.await();
      while (in.read() >= 0) {
        // They have a lot to say.
      }
    }
  }

  /** RFC 6455 §4.2.2. */
  private static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest(
                      (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                          .getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    listens.countDown();
  }
}
