// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.exec.Host;
import tollway.firewall.Firewall;

/** The forwarding policy of this host, for commands that speak to the kernel themselves. */
final class KernelPolicy {
  /** Something done with the policy. */
  interface Work<T> {
    T with(Firewall firewall) throws IOException, CommandFailedException;
  }

  private KernelPolicy() {}

  static <T> T use(Work<T> work) throws IOException, CommandFailedException {
    Host host = Host.real();
    if (!Firewall.isInstalled(host)) {
      throw new CommandFailedException(
          ExitCode.UNAVAILABLE, "'nft' is missing: apt-get install nftables");
    }
    try {
      return work.with(new Firewall(host));
    } catch (IOException refused) {
      if (String.valueOf(refused.getMessage()).contains("not permitted")) {
        throw new CommandFailedException(
            ExitCode.UNAVAILABLE, "only root may look at the kernel's rules: run it as root");
      }
      throw refused;
    }
  }
}
