// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tollway.console.Check;
import tollway.exec.Host;

/** What this process may do, and the kernel settings it would change. */
record ProcessChecks(Path proc) {
  private static final long CAP_NET_ADMIN = 1L << 12; // capabilities(7)
  private static final int FEW_FILES = 1024;
  private static final int MANY_TUNNELS = 512;

  List<Check> all() throws IOException {
    List<Check> checks = new ArrayList<>();
    checks.add(capability());
    checks.add(files());
    checks.add(watches());
    checks.add(forwarding());
    return checks;
  }

  private Check capability() throws IOException {
    long held = 0;
    for (String line : Files.readAllLines(proc.resolve("self/status"))) {
      if (line.startsWith("CapEff:")) {
        held = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
      }
    }
    return (held & CAP_NET_ADMIN) != 0
        ? Check.ok("CAP_NET_ADMIN", "held")
        : Check.fail(
            "CAP_NET_ADMIN",
            "not held",
            "run scrooge as root, or by systemd: systemctl start scrooge");
  }

  private Check files() throws IOException {
    for (String line : Files.readAllLines(proc.resolve("self/limits"))) {
      if (line.startsWith("Max open files")) {
        String[] words = line.substring("Max open files".length()).strip().split("\\s+");
        String hard = words[1]; // The JVM raises its soft limit to that.
        return hard.matches("\\d{1,9}") && Integer.parseInt(hard) < FEW_FILES
            ? Check.warn("open files", hard + " at most", "ulimit -Hn 4096")
            : Check.ok("open files", hard + " at most");
      }
    }
    return Check.warn("open files", "no limit is told", "is /proc mounted?");
  }

  /** Each wireguard-go watches its socket. */
  private Check watches() throws IOException {
    Path limit = proc.resolve("sys/fs/inotify/max_user_instances");
    String most = Host.real().read(limit).orElse("0");
    return most.matches("\\d{1,9}") && Integer.parseInt(most) >= MANY_TUNNELS
        ? Check.ok("inotify instances", most + " at most")
        : Check.warn(
            "inotify instances",
            most + " at most: wireguard-go, one each, can run no more tunnels",
            "sysctl fs.inotify.max_user_instances=1024");
  }

  private Check forwarding() {
    Path all = proc.resolve("sys/net/ipv6/conf/all");
    if (!Files.exists(all)) {
      return Check.fail("forwarding", "no IPv6 settings in " + proc, "enable IPv6");
    }
    if (!Files.isWritable(proc.resolve("sys/net/ipv4/conf/all/forwarding"))) {
      return Check.warn(
          "forwarding",
          "its switches are read-only here",
          "as in a container; switch it on outside");
    }
    return Files.exists(all.resolve("force_forwarding"))
        ? Check.ok("forwarding", "a switch for each tunnel")
        : Check.ok("forwarding", "IPv6 has one switch for all: borrowed while scrooge runs");
  }
}
