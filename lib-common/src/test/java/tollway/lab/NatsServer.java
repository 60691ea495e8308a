// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import tollway.exec.HostCommand;

/** A real NATS server on a free loopback port, which may be killed and started again there. */
public final class NatsServer implements AutoCloseable {
  private final int port;
  private final List<String> options;
  private Process process;

  private NatsServer(int port, List<String> options) throws Exception {
    this.port = port;
    this.options = options;
    process = run();
  }

  /** Takes connections when it returns. Where there is none the test is skipped, with one line. */
  public static NatsServer start(String... options) throws Exception {
    if (HostCommand.find("nats-server").isEmpty()) {
      String missing = "nats-server is missing: apt-get install nats-server";
      System.err.println("SKIPPED: " + missing);
      Assumptions.abort(missing);
    }
    return new NatsServer(freePort(), List.of(options));
  }

  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** SIGKILL. */
  public void kill() {
    try {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /** Again, where it was. */
  public void restart() throws Exception {
    process = run();
  }

  @Override
  public void close() {
    kill();
  }

  private Process run() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(HostCommand.find("nats-server").orElseThrow().toString());
    command.addAll(List.of("-a", "127.0.0.1", "-p", Integer.toString(port)));
    command.addAll(options);
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Await.until(
        "NATS listens",
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError("nats-server ended: " + started.exitValue());
          }
          return listens();
        });
    return started;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }
}
