// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tollway.cli.Launcher;
import tollway.lab.Said;

/** Who gives commands to the daemon at one control socket. */
record Owner(Path socket) {
  static Said run(Map<String, String> environment, String stdin, String... arguments) {
    return Said.by(
        new Launcher("egress", EgressCommand::new), environment, Said.input(stdin), arguments);
  }

  Said says(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--control", socket.toString()));
    return run(Map.of(), "", all.toArray(String[]::new));
  }

  /** The one JSON object that a command prints. */
  JsonObject asks(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    Said said = says(all.toArray(String[]::new));
    assertThat(said.err()).isEmpty();
    assertThat(said.exitCode()).isZero();
    return JsonParser.parseString(said.out()).getAsJsonObject();
  }

  JsonObject status() {
    return asks("status");
  }
}
