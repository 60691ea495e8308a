// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;

/** One client, one question at a time. Touched on the server's thread only. */
final class ControlConnection {
  private static final Logger log = LoggerFactory.getLogger(ControlConnection.class);
  private static final int LINE_LIMIT = 64 << 10;
  private static final int INVALID = 4;

  private final ControlServer server;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocate(LINE_LIMIT);
  private @Nullable ByteBuffer out;
  private boolean asked;
  private long active = System.nanoTime();

  ControlConnection(ControlServer server, SocketChannel channel, SelectionKey key) {
    this.server = server;
    this.channel = channel;
    this.key = key;
  }

  void ready() {
    try {
      if (key.isWritable()) {
        write();
      }
      if (key.isValid() && key.isReadable()) {
        read();
      }
    } catch (IOException | CancelledKeyException gone) {
      log.debug("a control client went away: {}", gone.toString());
      close();
    }
  }

  /** When it last said or took something, in {@link System#nanoTime}. */
  long active() {
    return active;
  }

  /** Nobody is cut off while we owe an answer. */
  void closeIfIdleSince(long oldest) {
    boolean owed = asked && out == null;
    if (!owed && active - oldest < 0) {
      close();
    }
  }

  private void read() throws IOException {
    active = System.nanoTime();
    if (channel.read(in) < 0) {
      close();
      return;
    }
    nextQuestion();
  }

  private void nextQuestion() throws IOException {
    int end = 0;
    while (end < in.position() && in.get(end) != '\n') {
      end++;
    }
    if (end == in.position()) {
      if (!in.hasRemaining()) {
        close(); // A line that long is no question.
      }
      return;
    }
    String line = new String(in.array(), 0, end, StandardCharsets.UTF_8);
    in.flip().position(end + 1);
    in.compact();
    asked = true;
    key.interestOps(0); // One question at a time.
    try {
      server.ask(ControlCodec.decodeQuestion(line), new AnswerOnce());
    } catch (MalformedBytesException wrong) {
      answer(ControlCodec.refusal(INVALID, "control socket: " + wrong.getMessage()));
    }
  }

  private void answer(String line) throws IOException {
    out = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    write();
  }

  private void write() throws IOException {
    ByteBuffer left = out;
    if (left == null) {
      return;
    }
    if (channel.write(left) > 0) {
      active = System.nanoTime();
    }
    if (left.hasRemaining()) {
      key.interestOps(SelectionKey.OP_WRITE);
      return;
    }
    out = null;
    asked = false;
    key.interestOps(SelectionKey.OP_READ);
    nextQuestion();
  }

  void close() {
    try {
      channel.close();
    } catch (IOException alreadyGone) {
      log.debug("closing a control connection: {}", alreadyGone.toString());
    }
  }

  /** Takes the first answer, on any thread; later ones are our bug. */
  private final class AnswerOnce implements ControlHandler.Answer {
    private final java.util.concurrent.atomic.AtomicBoolean given =
        new java.util.concurrent.atomic.AtomicBoolean();

    @Override
    public void result(JsonObject result) {
      give(ControlCodec.result(result));
    }

    @Override
    public void refuse(int code, String line) {
      give(ControlCodec.refusal(code, line));
    }

    private void give(String line) {
      if (!given.compareAndSet(false, true)) {
        throw new IllegalStateException("a question was answered twice");
      }
      server.execute(
          () -> {
            try {
              answer(line);
            } catch (IOException | CancelledKeyException gone) {
              log.debug("a control client did not wait: {}", gone.toString());
              close();
            }
          });
    }
  }
}
