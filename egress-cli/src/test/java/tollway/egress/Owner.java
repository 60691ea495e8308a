// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** Who gives commands to the daemon at one control socket. */
record Owner(Path socket) {
  /** What a command did. */
  record Said(int exitCode, String out, String err) {}

  static Said run(Map<String, String> environment, String stdin, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CliIo io =
        new CliIo(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environment);
    int code = new Launcher("egress", EgressCommand::new).run(io, arguments);
    return new Said(code, out.toString(), err.toString());
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
