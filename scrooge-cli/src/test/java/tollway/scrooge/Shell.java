// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tollway.cli.Launcher;
import tollway.lab.Said;

/** Runs {@code scrooge} command lines in this process and keeps what they said. */
record Shell(int exitCode, String out, String err) {
  static Shell scrooge(String... arguments) {
    return scrooge(Map.of(), "", arguments);
  }

  static Shell scroogeReading(String stdin, String... arguments) {
    return scrooge(Map.of(), stdin, arguments);
  }

  static Shell scrooge(Map<String, String> environment, String stdin, String... arguments) {
    Said said =
        Said.by(
            new Launcher("scrooge", ScroogeCommand::new),
            environment,
            stdin.getBytes(StandardCharsets.ISO_8859_1),
            arguments);
    return new Shell(said.exitCode(), said.out(), said.err());
  }

  String line() {
    return out.strip();
  }
}
