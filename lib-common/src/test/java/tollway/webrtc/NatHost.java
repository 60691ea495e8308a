// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.stun.NatMapping;

/** A running {@link NatProbe}, and pairs between two of them, whose candidates trickle. */
final class NatHost implements AutoCloseable {
  private static final AtomicInteger PAIRS = new AtomicInteger();

  private final Process process;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Map<String, End> ends = new ConcurrentHashMap<>();

  /** One agent of this host and the peer whom its words go to. */
  private static final class End {
    final NatHost peer;

    /** Before it nothing is handed on: an agent that is not open yet would miss it. */
    final CountDownLatch bothOpen;

    final CompletableFuture<Long> connected = new CompletableFuture<>();
    final CompletableFuture<NatMapping> nat = new CompletableFuture<>();

    End(NatHost peer, CountDownLatch bothOpen) {
      this.peer = peer;
      this.bothOpen = bothOpen;
    }
  }

  NatHost(Netns where, String... stunServers) throws IOException {
    List<String> command = new ArrayList<>(where.prefix());
    command.addAll(JavaProcess.command(NatProbe.class.getName(), stunServers));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread reader = new Thread(this::read, "nat-host");
    reader.setDaemon(true);
    reader.start();
  }

  void awaitReady() throws Exception {
    ready.get(60, TimeUnit.SECONDS);
  }

  /**
   * Connects an agent here and one there; from no word exchanged to both connected, or empty-handed
   * after {@code patience}: negative.
   */
  Duration connect(NatHost other, Duration patience) throws Exception {
    String pair = String.valueOf(PAIRS.incrementAndGet());
    CountDownLatch bothOpen = new CountDownLatch(1);
    End own = new End(other, bothOpen);
    End theirs = new End(this, bothOpen);
    ends.put(pair, own);
    other.ends.put(pair, theirs);
    long begun = System.nanoTime();
    order(pair, "open CONTROLLING");
    other.order(pair, "open CONTROLLED");
    bothOpen.countDown();
    try {
      long latest =
          Math.max(
              own.connected.get(patience.toMillis(), TimeUnit.MILLISECONDS),
              theirs.connected.get(patience.toMillis(), TimeUnit.MILLISECONDS));
      return Duration.ofNanos(latest - begun);
    } catch (TimeoutException never) {
      return Duration.ofSeconds(-1);
    } finally {
      order(pair, "close");
      other.order(pair, "close");
    }
  }

  /** What an agent here learns of the NAT, whom it meets or not. */
  NatMapping nat(NatHost other) throws Exception {
    String pair = String.valueOf(PAIRS.incrementAndGet());
    CountDownLatch bothOpen = new CountDownLatch(1);
    End own = new End(other, bothOpen);
    ends.put(pair, own);
    order(pair, "open CONTROLLING");
    bothOpen.countDown();
    try {
      return own.nat.get(30, TimeUnit.SECONDS);
    } finally {
      order(pair, "close");
    }
  }

  private void read() {
    try (BufferedReader news = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = news.readLine(); line != null; line = news.readLine()) {
        String[] words = line.split(" ", 3);
        End end = ends.get(words[0]);
        if (words[1].equals("ready")) {
          ready.complete(null);
        } else if (end != null && words[1].equals("connected")) {
          end.connected.complete(System.nanoTime());
        } else if (end != null && words[1].equals("gathered")) {
          end.nat.complete(NatMapping.valueOf(words[2]));
        } else if (end != null
            && (words[1].equals("credentials") || words[1].startsWith("candidate:"))) {
          end.bothOpen.await();
          end.peer.order(words[0], words[1] + " " + words[2]);
        }
      }
    } catch (IOException | InterruptedException killed) {
      ready.completeExceptionally(killed);
    }
  }

  private synchronized void order(String pair, String order) throws IOException {
    OutputStream orders = process.getOutputStream();
    orders.write((pair + " " + order + "\n").getBytes(StandardCharsets.UTF_8));
    orders.flush();
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
  }
}
