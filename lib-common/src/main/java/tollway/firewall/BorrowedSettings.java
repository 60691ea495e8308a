// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import tollway.exec.Host;

/**
 * Kernel settings that we change for as long as we run. A file remembers what they were, so that a
 * run after a crash still gives them back; it should not outlive the kernel, as in {@code /run}.
 */
public final class BorrowedSettings {
  private static final String FORWARDING = "ipv6/conf/all/forwarding";

  private final Host host;
  private final Path settings;
  private final Path memory;

  /** {@code memory} is the file. */
  public BorrowedSettings(Host host, Path memory) {
    this(host, Path.of("/proc/sys/net"), memory);
  }

  BorrowedSettings(Host host, Path settings, Path memory) {
    this.host = host;
    this.settings = settings;
    this.memory = memory;
  }

  /**
   * Lets the kernel forward IPv6 where it has one switch for all interfaces only; later kernels
   * have one each, which tunnels set for themselves. Interfaces that listen to routers go on doing
   * so.
   */
  public void forwardIpv6() throws IOException {
    if (Files.exists(settings.resolve("ipv6/conf/all/force_forwarding"))
        || !Files.exists(settings.resolve(FORWARDING))) {
      return;
    }
    if (read(FORWARDING).equals("0")) {
      try (Stream<Path> interfaces = Files.list(settings.resolve("ipv6/conf"))) {
        for (Path each : interfaces.sorted().toList()) {
          String listens = "ipv6/conf/" + each.getFileName() + "/accept_ra";
          if (read(listens).equals("1")) {
            borrow(listens, "2"); // Also while forwarding.
          }
        }
      }
      borrow(FORWARDING, "1");
    }
  }

  /** Gives back what this run and those before it borrowed. */
  public void giveBack() throws IOException {
    for (Map.Entry<String, String> entry : remembered().entrySet()) {
      if (Files.exists(settings.resolve(entry.getKey()))) {
        write(entry.getKey(), entry.getValue());
      }
    }
    Files.deleteIfExists(memory);
  }

  private void borrow(String key, String value) throws IOException {
    if (!remembered().containsKey(key)) {
      Files.writeString(
          memory,
          key + "=" + read(key) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    write(key, value);
  }

  private Map<String, String> remembered() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(memory)) {
        int equals = line.indexOf('=');
        if (equals > 0 && !line.contains("..")) {
          all.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    } catch (NoSuchFileException nothingBorrowed) {
      return all;
    }
    return all;
  }

  private String read(String key) throws IOException {
    Path file = settings.resolve(key);
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  private void write(String key, String value) throws IOException {
    host.set(settings.resolve(key), value);
  }
}
