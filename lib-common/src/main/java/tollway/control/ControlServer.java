// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;

/**
 * Answers commands on a Unix socket. One thread of its own moves the bytes, so that a client that
 * stalls holds up nobody; questions are handled on the daemon's loop.
 */
public final class ControlServer implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

  /** What fails for no reason that the asker could change. */
  private static final int FAULT = 1;

  private static final int CLIENTS = 32;
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** How long a question may wait before the log tells what the loop does instead. */
  private static final Duration STUCK = Duration.ofSeconds(4);

  private final Path path;
  private final EventLoop loop;
  private final ControlHandler handler;
  private final ServerSocketChannel server;
  private final Selector selector;
  private final Queue<Runnable> handedIn = new ConcurrentLinkedQueue<>();
  private final Set<Unheard> unheard = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile @Nullable Thread loopThread;
  private volatile boolean closing;

  /** A question with which the loop is not done. */
  private static final class Unheard {
    private final String command;
    private final long at;

    Unheard(String command, long at) {
      this.command = command;
      this.at = at;
    }
  }

  private ControlServer(
      Path path, EventLoop loop, ControlHandler handler, ServerSocketChannel server)
      throws IOException {
    this.path = path;
    this.loop = loop;
    this.handler = handler;
    this.server = server;
    selector = Selector.open();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    loop.execute(() -> loopThread = Thread.currentThread());
    thread = BackgroundThread.start("control", this::serve);
  }

  /** Listens at {@code path}, mode 0600; refuses when another daemon answers there. */
  public static ControlServer open(Path path, EventLoop loop, ControlHandler handler)
      throws IOException {
    return new ControlServer(path, loop, handler, ControlSocket.listen(path));
  }

  /** Ends every connection and removes the socket. Not from the daemon's loop: it waits. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
    closing = true;
    selector.wakeup();
    try {
      thread.join(CLOSING.toMillis());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  void ask(ControlQuestion question, ControlHandler.Answer answer) {
    Unheard waiting = new Unheard(question.command(), System.nanoTime());
    unheard.add(waiting);
    loop.execute(
        () -> {
          try {
            handler.handle(question, answer);
          } catch (ControlRefusedException refused) {
            answer.refuse(refused.code(), String.valueOf(refused.getMessage()));
          } catch (RuntimeException | Error fault) {
            // Otherwise whoever asked would wait, and take the daemon for dead.
            log.error("the question '{}' was not answered", question.command(), fault);
            answer.refuse(FAULT, "the daemon has a fault, and its log says more: " + fault);
          } finally {
            unheard.remove(waiting);
          }
        });
  }

  /** Runs {@code task} on the server's own thread. Any thread. */
  void execute(Runnable task) {
    handedIn.add(task);
    selector.wakeup();
  }

  private void serve() throws IOException {
    try {
      while (!closing) {
        selector.select(1000);
        runHandedIn();
        for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
          selector.selectedKeys().remove(key);
          dispatch(key);
        }
        dropIdle();
        tellIfStuck();
      }
      runHandedIn();
    } catch (ClosedSelectorException closed) {
      log.debug("the control socket was closed");
    } finally {
      for (SelectionKey key : List.copyOf(selector.keys())) {
        key.channel().close();
      }
      selector.close();
    }
  }

  private void runHandedIn() {
    for (Runnable task = handedIn.poll(); task != null; task = handedIn.poll()) {
      task.run();
    }
  }

  private void dispatch(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof ControlConnection connection) {
      connection.ready();
      return;
    }
    try {
      SocketChannel channel = server.accept();
      if (channel != null) {
        admit(channel);
      }
    } catch (IOException refused) {
      log.warn("control socket: {}", refused.getMessage());
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    List<ControlConnection> others = connections();
    if (others.size() >= CLIENTS) {
      // Whoever has been quiet longest goes: clients that stall must not shut out one that asks,
      // and who reads events, fewer by far, is quiet because nothing happens.
      others.stream()
          .filter(other -> !other.isStreaming())
          .min(Comparator.comparingLong(ControlConnection::active))
          .ifPresent(ControlConnection::close);
    }
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    key.attach(new ControlConnection(this, channel, key));
  }

  private void dropIdle() {
    long oldest = System.nanoTime() - IDLE.toNanos();
    connections().forEach(connection -> connection.closeIfIdleSince(oldest));
  }

  /** Once for each question: who asks runs out of patience, and the log is all that explains it. */
  private void tellIfStuck() {
    for (Unheard question : List.copyOf(unheard)) {
      if (System.nanoTime() - question.at > STUCK.toNanos() && unheard.remove(question)) {
        log.warn(
            "'{}' was not heard in {} s; the daemon's loop is here:{}",
            question.command,
            STUCK.toSeconds(),
            where());
      }
    }
  }

  private String where() {
    Thread owner = loopThread;
    if (owner == null) {
      return " (it has not begun)";
    }
    StringBuilder text = new StringBuilder(" (" + owner.getState() + ")");
    for (StackTraceElement at : owner.getStackTrace()) {
      text.append("\n\tat ").append(at);
    }
    return text.toString();
  }

  private List<ControlConnection> connections() {
    List<ControlConnection> found = new ArrayList<>();
    for (SelectionKey key : selector.keys()) {
      if (key.isValid() && key.attachment() instanceof ControlConnection connection) {
        found.add(connection);
      }
    }
    return found;
  }
}
