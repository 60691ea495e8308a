// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a daemon listens for commands. */
final class ControlOption {
  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description =
          "Where 'egress status' and the like reach it (default: egress-ROLE.sock in"
              + " $XDG_RUNTIME_DIR/tollway, /run/tollway or ~/.local/state/tollway/egress)."
              + " Two of one role need two.")
  private @Nullable Path control;

  Path socket(DaemonRole role, Map<String, String> environment) {
    return control == null ? role.socket(environment) : control;
  }
}
