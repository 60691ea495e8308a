// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Check;
import tollway.exec.Host;

/** {@code scrooge doctor}. */
@Command(
    name = "doctor",
    description = "Look whether this host has all that 'scrooge run' needs, and say what to do.",
    footer = {
      "",
      "What nftables and tc can do is tried in a network namespace of its own, which",
      "ends with the command: nothing of the host is changed. Run it as the user who",
      "runs scrooge. Exit code 3: something that is needed is missing (FAIL)."
    })
final class DoctorCommand extends Subcommand {
  @Option(
      names = {"-i", "--interface"},
      split = ",",
      paramLabel = "IF",
      description = "Look at these links, as 'run' would use them.")
  private List<String> interfaces = new ArrayList<>();

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private key (default: where keygen puts it).")
  private @Nullable Path key;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "The daemon's state directory (default: ${DEFAULT-VALUE}).")
  private Path state = RunOptions.STATE;

  @Mixin private ControlOptions control = new ControlOptions();

  @Override
  public Integer call() throws IOException {
    List<Check> checks = checks(Host.real());
    boolean fine = Check.report(checks, control.json(), io().out());
    return fine ? ExitCode.DONE : ExitCode.UNAVAILABLE;
  }

  private List<Check> checks(Host host) throws IOException {
    Check daemon = daemon();
    boolean runs = daemon.state() == Check.State.OK;
    Optional<Sandbox> sandbox = Sandbox.open(host);
    List<Check> checks = new ArrayList<>();
    checks.addAll(new ProcessChecks(Path.of("/proc")).all());
    checks.addAll(new TunnelChecks(host, sandbox, Path.of("/dev/net/tun")).all());
    checks.addAll(new FirewallChecks(host, sandbox).all());
    checks.addAll(new ShapingChecks(host, sandbox).all());
    checks.addAll(new LinkChecks(interfaces, runs).all());
    Path file = key == null ? KeyFiles.standard(io().environment()) : key;
    checks.addAll(new FileChecks(file, state, Instant.now()).all());
    checks.add(daemon);
    return checks;
  }

  private Check daemon() throws IOException {
    try {
      JsonObject status = control.ask("status");
      return Check.ok("daemon", "runs, tunnels by " + status.get("backend").getAsString());
    } catch (CommandFailedException silent) {
      return Check.warn("daemon", String.valueOf(silent.getMessage()), "");
    } catch (java.nio.file.AccessDeniedException denied) {
      return Check.warn("daemon", "we may not ask it", "run 'scrooge doctor' as its user, or root");
    }
  }
}
