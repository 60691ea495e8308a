// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tollway.bytes.MalformedBytesException;

/** A command's side of the control socket. Blocks; for short-lived commands. */
public final class ControlClient implements AutoCloseable {
  private static final int ANSWER_LIMIT = 64 << 20;

  private final SocketChannel channel;
  private final Selector selector;
  private final long patience;

  /** What was read and not yet looked at. */
  private final ByteBuffer in = ByteBuffer.allocate(16 << 10).limit(0);

  private ControlClient(SocketChannel channel, Duration patience) throws IOException {
    this.channel = channel;
    this.patience = patience.toNanos();
    channel.configureBlocking(false);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
  }

  /** Fails with {@link ControlAbsentException} when nobody listens at {@code path}. */
  public static ControlClient connect(Path path, Duration patience) throws IOException {
    return new ControlClient(ControlSocket.connect(path), patience);
  }

  /** Asks one question and waits for its answer. */
  public JsonObject ask(ControlQuestion question) throws IOException, ControlRefusedException {
    ByteBuffer out =
        ByteBuffer.wrap(ControlCodec.encode(question).getBytes(StandardCharsets.UTF_8));
    // A question is smaller than the socket's buffer, which is empty.
    if (channel.write(out) == 0 || out.hasRemaining()) {
      throw new IOException("the daemon does not read its control socket");
    }
    try {
      return ControlCodec.decodeAnswer(answerLine());
    } catch (MalformedBytesException unexpected) {
      throw new IOException("the daemon's answer makes no sense", unexpected);
    }
  }

  /**
   * Waits for the next event after a question that is answered by a stream of them; empty when the
   * daemon, or {@link #close} on another thread, ended it.
   */
  public Optional<JsonObject> next() throws IOException {
    try {
      Optional<String> line = line(Long.MAX_VALUE);
      return line.isEmpty() ? Optional.empty() : Optional.of(ControlCodec.decodeEvent(line.get()));
    } catch (ClosedSelectorException | ClosedChannelException closed) {
      return Optional.empty();
    } catch (MalformedBytesException unexpected) {
      throw new IOException("the daemon's events make no sense", unexpected);
    }
  }

  /**
   * Waits until the daemon ends the connection, as it does when it stops; false when it did not.
   */
  public boolean awaitEnd() throws IOException {
    long deadline = System.nanoTime() + patience;
    while (System.nanoTime() - deadline < 0) {
      if (await(deadline - System.nanoTime()) && channel.read(in.clear()) < 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }

  private String answerLine() throws IOException {
    return line(patience).orElseThrow(() -> new IOException("the daemon ended the connection"));
  }

  /** Empty at the end of the connection. */
  private Optional<String> line(long limit) throws IOException {
    long start = System.nanoTime();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < ANSWER_LIMIT) {
      while (in.hasRemaining()) {
        byte next = in.get();
        line.write(next);
        if (next == '\n') {
          return Optional.of(line.toString(StandardCharsets.UTF_8));
        }
      }
      if (!await(limit - (System.nanoTime() - start))) {
        throw new ControlAbsentException("the daemon does not answer");
      }
      int read = channel.read(in.clear());
      in.flip();
      if (read < 0) {
        return Optional.empty();
      }
    }
    throw new IOException("the daemon's answer is too long");
  }

  private boolean await(long nanos) throws IOException {
    boolean ready = selector.select(Math.max(1, nanos / 1_000_000)) > 0;
    selector.selectedKeys().clear();
    if (!ready && Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted"); // Ctrl-C in a shell.
    }
    return ready;
  }
}
