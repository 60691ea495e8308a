// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.UserErrorException;
import tollway.console.Daemon;

/** Which daemon a command speaks to. */
final class DaemonChoice {
  /** For the shell's completion. */
  private static final class Roles implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(DaemonRole.values()).map(DaemonRole::word).iterator();
    }
  }

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      completionCandidates = Roles.class,
      description = "The one that is desktop, widget or serve (default: the one that runs).")
  private @Nullable String role;

  @Option(names = "--control", paramLabel = "SOCKET", description = "The one that listens there.")
  private @Nullable Path control;

  @Option(names = "--json", description = "Print JSON, one object a line.")
  private boolean json;

  boolean json() {
    return json;
  }

  /** Those that run; at least one. */
  List<Daemon> all(Map<String, String> environment) throws IOException, CommandFailedException {
    List<DaemonRole> roles =
        role == null ? List.of(DaemonRole.values()) : List.of(DaemonRole.parse("--role", role));
    return find(roles, control, environment);
  }

  /** The one that runs. */
  Daemon one(Map<String, String> environment) throws IOException, CommandFailedException {
    return only(all(environment));
  }

  static Daemon only(List<Daemon> daemons) {
    if (daemons.size() > 1) {
      throw new UserErrorException(
          "more than one runs: choose with --role or --control from "
              + String.join(", ", daemons.stream().map(each -> each.socket().toString()).toList()));
    }
    return daemons.get(0);
  }

  static List<Daemon> find(
      List<DaemonRole> roles, @Nullable Path control, Map<String, String> environment)
      throws IOException, CommandFailedException {
    if (control != null) {
      return List.of(new Daemon(control, "does it run?"));
    }
    List<Daemon> found = new ArrayList<>();
    for (DaemonRole each : roles) {
      for (Path socket : each.sockets(environment)) {
        Daemon daemon = new Daemon(socket, "does it run?");
        if (Files.exists(socket) && daemon.answers()) {
          found.add(daemon);
        }
      }
    }
    if (found.isEmpty()) {
      String what = roles.size() == 1 ? "no 'egress " + roles.get(0).word() + "'" : "no egress";
      throw new CommandFailedException(
          ExitCode.UNAVAILABLE, what + " runs here: or name its socket with --control");
    }
    return found;
  }
}
