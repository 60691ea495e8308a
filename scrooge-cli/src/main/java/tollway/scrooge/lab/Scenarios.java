// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;

/** The scenarios that come with scrooge, and those that are in files. */
public final class Scenarios {
  public static final List<String> NAMES =
      List.of(
          "line",
          "ring",
          "grid",
          "star-replay",
          "hub",
          "flood",
          "spoof",
          "restart",
          "kill",
          "split");

  private Scenarios() {}

  /** By name, or else from a file. */
  public static Scenario find(String nameOrFile, OptionalInt nodes)
      throws IOException, MalformedBytesException {
    if (NAMES.contains(nameOrFile)) {
      return ScenarioReader.read(nameOrFile + ".json", text(nameOrFile), nodes);
    }
    Path file = Path.of(nameOrFile);
    if (!Files.exists(file)) {
      throw new UserErrorException(
          "no scenario and no file '" + nameOrFile + "': 'scrooge lab list' names the scenarios");
    }
    if (Files.isDirectory(file)) {
      throw new UserErrorException(file + " is a directory");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(ScenarioReader.SIZE_LIMIT + 1);
      if (bytes.length > ScenarioReader.SIZE_LIMIT) {
        throw new MalformedBytesException(file + ": is too large for a scenario");
      }
      return ScenarioReader.read(nameOrFile, new String(bytes, StandardCharsets.UTF_8), nodes);
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Scenarios.class.getResourceAsStream(name + ".json")) {
      if (in == null) {
        throw new FileNotFoundException(name + ".json is missing from this installation");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
