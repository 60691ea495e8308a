// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.util.List;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.exec.Host;
import tollway.exec.HostCommand;
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
  public static void require(Host host) throws IOException, CommandFailedException {
    requireRoot();
    require(host, "ip", "iproute2");
    require(host, "ping", "iputils-ping");
    require(host, "nft", "nftables");
    try {
      TunnelBackends.choose(TunnelBackends.Choice.AUTO, host);
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
