// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tollway.cli.UserErrorException;

/** What a running {@code egress} is, and where it listens for commands. */
enum DaemonRole {
  DESKTOP,
  WIDGET,
  SERVE;

  private static final Path SYSTEM = Path.of("/run/tollway");

  /** Where the systemd units have it: a user of their own cannot share a directory with others. */
  private static final Path SERVICE = Path.of("/run/tollway-egress");

  /** As on the command line. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DaemonRole parse(String option, String word) {
    for (DaemonRole role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new UserErrorException(option + ": '" + word + "' is not desktop, widget or serve");
  }

  /** Where it listens unless it is told otherwise. */
  Path socket(Map<String, String> environment) {
    return sockets(environment).get(0);
  }

  /** Where it may listen: one that a service manager started has another environment than ours. */
  List<Path> sockets(Map<String, String> environment) {
    List<Path> directories = new ArrayList<>();
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isEmpty()) {
      directories.add(Path.of(runtime, "tollway"));
    }
    if ("root".equals(System.getProperty("user.name"))) {
      directories.add(SYSTEM);
      directories.add(SERVICE);
    } else {
      directories.add(InviteOptions.stateDirectory(null, environment));
    }
    return directories.stream()
        .distinct()
        .map(directory -> directory.resolve("egress-" + word() + ".sock"))
        .toList();
  }
}
