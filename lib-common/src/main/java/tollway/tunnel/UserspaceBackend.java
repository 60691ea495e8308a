// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import tollway.exec.Host;

/** Tunnels run by one {@code wireguard-go} process each, spoken to over its Unix socket. */
final class UserspaceBackend implements TunnelBackend {
  static final String PROGRAM = "wireguard-go";

  /** Fixed in wireguard-go; the directory is shared by all network namespaces. */
  private static final Path SOCKETS = Path.of("/var/run/wireguard");

  private static final Duration ENDING = Duration.ofSeconds(2);

  private final Host host;

  UserspaceBackend(Host host) {
    this.host = host;
  }

  @Override
  public String label() {
    return PROGRAM;
  }

  @Override
  public void create(String name) throws IOException {
    // It makes device and socket, leaves a daemon behind and returns. A log level in our
    // environment would make the daemon keep our streams.
    host.run(List.of("env", "-u", "WG_PROCESS_FOREGROUND", "LOG_LEVEL=silent", PROGRAM, name));
  }

  @Override
  public void configure(TunnelSpec spec) throws IOException {
    // The command is not atomic: after a refusal the caller removes the interface.
    long errno = UapiText.errno(ask(spec));
    if (errno != 0) {
      throw new IOException(PROGRAM + " " + spec.name() + " refused its settings: errno=" + errno);
    }
  }

  private static String ask(TunnelSpec spec) throws IOException {
    try {
      return UapiSocket.ask(socket(spec.name()), UapiText.set(spec));
    } catch (IOException ended) {
      // It watches its socket with inotify, and ends where no more is to be had.
      throw new IOException(
          PROGRAM
              + " "
              + spec.name()
              + " ended as soon as it ran ("
              + ended.getMessage()
              + "): more of them than fs.inotify.max_user_instances?",
          ended);
    }
  }

  @Override
  public Optional<TunnelStatus> status(String name) throws IOException {
    if (!Files.exists(socket(name))) {
      return Optional.empty();
    }
    String answer;
    try {
      answer = UapiSocket.ask(socket(name), UapiText.GET);
    } catch (IOException killedOrStopped) {
      return Optional.empty();
    }
    return Optional.of(UapiText.parseStatus(answer));
  }

  @Override
  public void remove(String name) throws IOException {
    new TunnelDevices(host).delete(name);
    // The process unlinks the socket as it ends. Were the name used again before that, the old
    // process would unlink the new one's socket.
    if (!gone(name)) {
      processes(name).forEach(ProcessHandle::destroyForcibly);
      Files.deleteIfExists(socket(name));
    }
  }

  private static boolean gone(String name) {
    long deadline = System.nanoTime() + ENDING.toNanos();
    boolean served = processes(name).findAny().isPresent();
    while (Files.exists(socket(name))) {
      if (!served || System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(2_000_000);
    }
    return true;
  }

  private static java.util.stream.Stream<ProcessHandle> processes(String name) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/" + PROGRAM))
        .filter(
            process ->
                Arrays.asList(process.info().arguments().orElse(new String[0])).contains(name));
  }

  private static Path socket(String name) {
    return SOCKETS.resolve(name + ".sock");
  }
}
