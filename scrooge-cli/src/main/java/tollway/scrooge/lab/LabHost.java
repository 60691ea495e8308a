// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.tunnel.TunnelBackend;
import tollway.tunnel.TunnelBackends;

/** Whether labs can be built here; one line says why not. */
public final class LabHost {
  private LabHost() {}

  public static void requireRoot() throws CommandFailedException {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw unavailable("labs need root: they build network namespaces");
    }
  }

  /** Everything that the daemons of a lab will ask for, before the first is started. */
  public static void require(Host host, List<Scenario> scenarios)
      throws IOException, CommandFailedException {
    requireRoot();
    require(host, "ip", "iproute2");
    require(host, "ping", "iputils-ping");
    require(host, "nft", "nftables");
    try {
      TunnelBackend backend = TunnelBackends.choose(TunnelBackends.Choice.AUTO, host);
      if (backend.label().equals("wireguard-go")) {
        for (Scenario scenario : scenarios) {
          requireInstances(scenario);
        }
      }
    } catch (TunnelBackends.MissingException missing) {
      throw unavailable(String.valueOf(missing.getMessage()));
    }
    String name = LabNames.fresh() + "-n";
    HostCommand.Result made = host.attempt(List.of("ip", "netns", "add", name), "");
    if (made.exitCode() != 0) {
      throw unavailable("this host lets nobody make network namespaces: " + made.stderr().strip());
    }
    host.run(List.of("ip", "netns", "delete", name));
  }

  /** Each wireguard-go watches its socket by an inotify instance; users have so many. */
  private static void requireInstances(Scenario scenario)
      throws IOException, CommandFailedException {
    long limit = setting(Path.of("/proc/sys/fs/inotify/max_user_instances"));
    long wanted = scenario.topology().tunnelEnds();
    long used = running("wireguard-go");
    if (wanted + used > limit) {
      throw unavailable(
          scenario.name()
              + " needs %d inotify instances, %d of %d are in use: sysctl -w %s=%d"
                  .formatted(
                      wanted, used, limit, "fs.inotify.max_user_instances", 2 * (wanted + used)));
    }
  }

  /** In one read: a second one finds nothing, and Files.readString begins with one byte. */
  private static long setting(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] digits = in.readNBytes(32);
      return Long.parseLong(new String(digits, StandardCharsets.US_ASCII).strip());
    }
  }

  private static long running(String program) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/" + program))
        .count();
  }

  private static void require(Host host, String program, String debian)
      throws CommandFailedException {
    if (!host.has(program)) {
      throw unavailable("'" + program + "' is missing: apt-get install " + debian);
    }
  }

  private static CommandFailedException unavailable(String line) {
    return new CommandFailedException(ExitCode.UNAVAILABLE, line);
  }
}
