// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** One question to one {@code wireguard-go} over its Unix socket, bounded in time and size. */
final class UapiSocket {
  /** A stopped process accepts connections and never answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final int ANSWER_LIMIT = 1 << 20;

  private UapiSocket() {}

  /** The answer without its final empty line. An {@link IOException} means that nobody answered. */
  static String ask(Path socket, String question) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer out = ByteBuffer.wrap(question.getBytes(StandardCharsets.US_ASCII));
      while (out.hasRemaining()) {
        channel.write(out); // A few hundred bytes: always fits the socket's buffer.
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer in = ByteBuffer.allocate(4096);
      while (!complete(answer)) {
        await(selector, deadline, socket);
        int read = channel.read(in.clear());
        if (read < 0 || answer.size() > ANSWER_LIMIT) {
          throw new IOException(socket + " ended its answer early");
        }
        answer.write(in.array(), 0, read);
      }
      return answer.toString(StandardCharsets.US_ASCII).strip();
    }
  }

  private static void await(Selector selector, long deadline, Path socket) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException(socket + " does not answer");
    }
    selector.selectedKeys().clear();
  }

  private static boolean complete(ByteArrayOutputStream answer) {
    return answer.toString(StandardCharsets.US_ASCII).endsWith("\n\n");
  }
}
