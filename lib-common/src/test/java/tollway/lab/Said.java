// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** What a command line did, run in this process. */
public record Said(int exitCode, String out, String err) {
  /** With {@code input} at its standard input. */
  public static Said by(
      Launcher launcher, Map<String, String> environment, byte[] input, String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CliIo io =
        new CliIo(
            new ByteArrayInputStream(input),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environment);
    int exitCode = launcher.run(io, words);
    return new Said(exitCode, out.toString(), err.toString());
  }

  /** With nothing to read, at a home that is not there. */
  public static Said by(Launcher launcher, String... words) {
    return by(launcher, Map.of("HOME", "/nowhere"), new byte[0], words);
  }

  /** As UTF-8. */
  public static byte[] input(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
