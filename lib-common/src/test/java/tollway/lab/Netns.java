// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import tollway.exec.HostCommand;

/**
 * A network namespace of this test run. Its name starts with {@code twt} and our process id, so
 * that {@code scripts/test} can sweep what a killed run left. Closing ends every process inside.
 */
public final class Netns implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name;

  private Netns(String name) {
    this.name = name;
  }

  /**
   * Skips the calling test with a printed reason unless it runs as root and {@code programs} exist.
   */
  public static void require(String... programs) {
    String missing = missing(programs);
    if (!missing.isEmpty()) {
      System.err.println("SKIPPED: " + missing);
    }
    Assumptions.assumeTrue(missing.isEmpty(), missing);
  }

  private static String missing(String... programs) {
    if (!"root".equals(System.getProperty("user.name"))) {
      return "needs root to build network namespaces";
    }
    for (String program : programs) {
      if (HostCommand.find(program).isEmpty()) {
        return "needs the program " + program;
      }
    }
    return "";
  }

  /** A fresh namespace whose loopback is up, and where IPv6 addresses are usable at once. */
  public static Netns create() throws IOException {
    long pid = ProcessHandle.current().pid();
    Netns made = new Netns("twt" + pid + "-" + COUNT.incrementAndGet());
    HostCommand.run(List.of("ip", "netns", "add", made.name));
    try {
      made.run("ip", "link", "set", "lo", "up");
      made.sysctl("net.ipv6.conf.all.accept_dad", "0");
      made.sysctl("net.ipv6.conf.default.accept_dad", "0");
      made.sysctl("net.ipv6.conf.default.dad_transmits", "0");
      return made;
    } catch (IOException half) {
      made.close();
      throw half;
    }
  }

  public String name() {
    return name;
  }

  /** Joins {@code device} here and {@code otherDevice} there by a cable; both are up. */
  public void cable(String device, Netns other, String otherDevice) throws IOException {
    cable(List.of(device), device, other, otherDevice);
  }

  /** The same, with {@code device}'s hardware address chosen. */
  public void cable(String device, String hardwareAddress, Netns other, String otherDevice)
      throws IOException {
    cable(List.of(device, "address", hardwareAddress), device, other, otherDevice);
  }

  private void cable(List<String> end, String device, Netns other, String otherDevice)
      throws IOException {
    List<String> add = new ArrayList<>(List.of("ip", "link", "add"));
    add.addAll(end);
    add.addAll(List.of("netns", name, "type", "veth", "peer", "name", otherDevice));
    add.addAll(List.of("netns", other.name));
    HostCommand.run(add);
    run("ip", "link", "set", device, "up");
    other.run("ip", "link", "set", otherDevice, "up");
  }

  /**
   * Joins {@code device} here and the namespace of the test itself by a cable; both ends are up and
   * have an address of {@code subnet}, such as 10.0.0: we are .1, the host is .2. Whatever else is
   * sent goes to .254, which is nobody. The cable goes when we do.
   */
  public void cableToHost(String device, String subnet) throws IOException {
    HostCommand.run(
        List.of("ip", "link", "add", name, "type", "veth", "peer", device, "netns", name));
    run("ip", "address", "add", subnet + ".1/24", "dev", device);
    run("ip", "link", "set", device, "up");
    run("ip", "route", "add", "default", "via", subnet + ".254");
    HostCommand.run(List.of("ip", "address", "add", subnet + ".2/24", "dev", name));
    HostCommand.run(List.of("ip", "link", "set", name, "up"));
  }

  /** What to put before a command so that it runs inside. */
  public List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  public void sysctl(String key, String value) throws IOException {
    // Not the program: it may be absent, and the file is the same thing.
    run("sh", "-c", "echo " + value + " > /proc/sys/" + key.replace('.', '/'));
  }

  /** Runs a command inside; fails when it does. */
  public String run(String... command) throws IOException {
    return HostCommand.run(inside(command));
  }

  public HostCommand.Result attempt(String stdin, String... command) throws IOException {
    return HostCommand.attempt(inside(command), stdin);
  }

  public boolean succeeds(String... command) throws IOException {
    return attempt("", command).exitCode() == 0;
  }

  /** One echo request, one second of patience. */
  public boolean pings(String address) throws IOException {
    return succeeds("ping", "-n", "-c", "1", "-W", "1", address);
  }

  /** Starts a process inside; both its streams go to {@code log}. */
  public Process start(Path log, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(inside(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Living processes inside. */
  public List<ProcessHandle> processes() throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    for (String pid : HostCommand.run(List.of("ip", "netns", "pids", name)).split("\\s+")) {
      if (!pid.isEmpty() && !isZombie(pid)) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(found::add);
      }
    }
    return found;
  }

  private static boolean isZombie(String pid) throws IOException {
    Path stat = Path.of("/proc", pid, "stat");
    try {
      return Files.readString(stat).contains(") Z ");
    } catch (IOException gone) {
      return true;
    }
  }

  private List<String> inside(String... command) {
    List<String> whole = new ArrayList<>(prefix());
    whole.addAll(Arrays.asList(command));
    return whole;
  }

  @Override
  public void close() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    for (var left = processes(); !left.isEmpty(); left = processes()) {
      left.forEach(ProcessHandle::destroyForcibly);
      if (System.nanoTime() > deadline) {
        throw new IOException("processes in " + name + " do not end: " + left);
      }
      LockSupport.parkNanos(5_000_000);
    }
    HostCommand.run(List.of("ip", "netns", "delete", name));
  }
}
