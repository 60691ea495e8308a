// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;

/**
 * One client, one question at a time; an answer may be a stream, which ends with the connection.
 * Touched on the server's thread only.
 */
final class ControlConnection {
  private static final Logger log = LoggerFactory.getLogger(ControlConnection.class);
  private static final int LINE_LIMIT = 64 << 10;
  private static final int INVALID = 4;

  /** How far behind a reader of a stream may fall, beyond what its socket holds, in bytes. */
  private static final int STREAM_LIMIT = 256 << 10;

  private static final String CUT_OFF =
      "{\"event\":\"cut_off\",\"why\":\"events came faster than they were read\"}\n";

  private final ControlServer server;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocate(LINE_LIMIT);
  private final Deque<ByteBuffer> out = new ArrayDeque<>();
  private int waiting;
  private boolean asked;
  private boolean streaming;
  private boolean ending;
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

  boolean isStreaming() {
    return streaming;
  }

  /** Nobody is cut off while we owe an answer, or have nothing new to tell. */
  void closeIfIdleSince(long oldest) {
    boolean owed = asked && out.isEmpty();
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
    if (streaming) {
      in.clear(); // Only its end matters now.
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
    if (out.isEmpty()) {
      active = System.nanoTime(); // From now on it is the client's turn.
    }
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    waiting += bytes.length;
    out.add(ByteBuffer.wrap(bytes));
    write();
  }

  private void stream(String line) throws IOException {
    if (ending) {
      return;
    }
    if (waiting + line.length() > STREAM_LIMIT) {
      ending = true;
      answer(CUT_OFF);
    } else {
      answer(line);
    }
  }

  private void write() throws IOException {
    for (ByteBuffer line = out.peek(); line != null; line = out.peek()) {
      int written = channel.write(line);
      if (written > 0) {
        waiting -= written;
        active = System.nanoTime();
      }
      if (line.hasRemaining()) {
        key.interestOps(SelectionKey.OP_WRITE | (streaming ? SelectionKey.OP_READ : 0));
        return;
      }
      out.remove();
    }
    if (ending) {
      close();
      return;
    }
    key.interestOps(SelectionKey.OP_READ);
    if (!streaming) {
      asked = false;
      nextQuestion();
    }
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

    @Override
    public ControlHandler.Stream stream(JsonObject result) {
      once();
      inServer(
          () -> {
            streaming = true;
            answer(ControlCodec.result(result));
          });
      return new Lines();
    }

    private void give(String line) {
      once();
      inServer(() -> answer(line));
    }

    private void once() {
      if (!given.compareAndSet(false, true)) {
        throw new IllegalStateException("a question was answered twice");
      }
    }
  }

  private final class Lines implements ControlHandler.Stream {
    @Override
    public void send(JsonObject event) {
      String line = ControlCodec.event(event);
      inServer(() -> ControlConnection.this.stream(line));
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }
  }

  private interface Sending {
    void send() throws IOException;
  }

  /** Does so on the server's thread, if the client is still there. Any thread. */
  private void inServer(Sending sending) {
    server.execute(
        () -> {
          if (!channel.isOpen()) {
            return;
          }
          try {
            sending.send();
          } catch (IOException | CancelledKeyException gone) {
            log.debug("a control client did not wait: {}", gone.toString());
            close();
          }
        });
  }
}
