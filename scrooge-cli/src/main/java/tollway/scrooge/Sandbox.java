// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/**
 * A network namespace that lives as long as one command in it: what is tried there touches nothing
 * of the host. Without root it is the namespace of a user who is root there only.
 */
final class Sandbox {
  private final Host host;
  private final List<String> prefix;

  private Sandbox(Host host, List<String> prefix) {
    this.host = host;
    this.prefix = prefix;
  }

  /** Nothing when neither way works here. */
  static Optional<Sandbox> open(Host host) throws IOException {
    for (List<String> prefix :
        List.of(List.of("unshare", "--net"), List.of("unshare", "--map-root-user", "--net"))) {
      Sandbox sandbox = new Sandbox(host, prefix);
      if (host.has("unshare") && sandbox.run("", "true").exitCode() == 0) {
        return Optional.of(sandbox);
      }
    }
    return Optional.empty();
  }

  HostCommand.Result run(String stdin, String... command) throws IOException {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(List.of(command));
    return host.attempt(whole, stdin);
  }
}
