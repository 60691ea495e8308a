// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.io.IOException;
import java.util.List;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/** Keeps the table of {@link IngressLimits} in the kernel. Blocks: on an {@code os} loop. */
public final class IngressPolicer {
  private final Host host;
  private String standing = "";

  public IngressPolicer(Host host) {
    this.host = host;
  }

  public void load(IngressLimits limits) throws IOException {
    host.run(IngressLimits.load(), limits.text());
    standing = list();
  }

  /** Whether the table is as the last {@link #load} left it. */
  public boolean stands() throws IOException {
    return !standing.isEmpty() && list().equals(standing);
  }

  public void remove() throws IOException {
    standing = "";
    host.run(IngressLimits.load(), IngressLimits.removal());
  }

  /** Without the counter, which moves. */
  private String list() throws IOException {
    HostCommand.Result listed =
        host.attempt(List.of("nft", "--stateless", "list", "table", "inet", "tollway_ingress"), "");
    return listed.exitCode() == 0 ? listed.stdout() : "";
  }
}
