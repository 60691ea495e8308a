// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** Runs {@code scrooge} command lines in this process and keeps what they said. */
record Shell(int exitCode, String out, String err) {
  static Shell scrooge(String... arguments) {
    return scrooge(Map.of(), "", arguments);
  }

  static Shell scroogeReading(String stdin, String... arguments) {
    return scrooge(Map.of(), stdin, arguments);
  }

  static Shell scrooge(Map<String, String> environment, String stdin, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CliIo io =
        new CliIo(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.ISO_8859_1)),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environment);
    int exitCode = new Launcher("scrooge", ScroogeCommand::new).run(io, arguments);
    return new Shell(exitCode, out.toString(), err.toString());
  }

  String line() {
    return out.strip();
  }
}
