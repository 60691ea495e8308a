// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options in a file: {@code name = value} lines with the command line's long names, without dashes.
 * The command line wins over the file, the file over the built-in defaults.
 */
final class ConfigFile implements CommandLine.IDefaultValueProvider {
  private final Properties values;

  private ConfigFile(Properties values) {
    this.values = values;
  }

  /** Reads the file named by {@code --config} in {@code args}, when one is. */
  static void applyTo(CommandLine line, List<String> args) throws IOException {
    Optional<String> named = fileNamedIn(args);
    if (named.isEmpty()) {
      return;
    }
    if (named.get().isEmpty()) {
      throw new UserErrorException("--config: " + ErrorLine.EMPTY);
    }
    Properties values = read(Path.of(named.get()));
    refuseUnknown(line, values, named.get());
    setOnAll(line, new ConfigFile(values));
  }

  @Override
  public @org.jspecify.annotations.Nullable String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
      return values.getProperty(bare(option.longestName()));
    }
    return null; // Picocli's word for "use the built-in default".
  }

  private static Optional<String> fileNamedIn(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).startsWith("--config=")) {
        return Optional.of(args.get(i).substring("--config=".length()));
      }
      if (args.get(i).equals("--config") && i + 1 < args.size()) {
        return Optional.of(args.get(i + 1));
      }
    }
    return Optional.empty();
  }

  private static Properties read(Path file) throws IOException {
    Properties values = new Properties();
    try {
      values.load(new StringReader(TextFile.utf8("--config", file)));
    } catch (IllegalArgumentException badEscape) {
      throw new UserErrorException("--config: " + file + ": " + badEscape.getMessage());
    }
    return values;
  }

  /** What looks like no option may be a secret in the wrong file: it is not repeated. */
  private static String unknown(String name) {
    return name.matches("[a-z][a-z0-9.-]{0,30}")
        ? "unknown option '" + name + "'"
        : "a line is not 'name = value' with the name of an option";
  }

  /** A misspelt line in a file must not be silently without effect. */
  private static void refuseUnknown(CommandLine line, Properties values, String file) {
    Set<String> known = new HashSet<>();
    collectNames(line, known);
    for (String name : values.stringPropertyNames()) {
      if (!known.contains(name)) {
        throw new UserErrorException("--config: " + file + ": " + unknown(name));
      }
    }
  }

  private static void collectNames(CommandLine line, Set<String> names) {
    for (OptionSpec option : line.getCommandSpec().options()) {
      names.add(bare(option.longestName()));
    }
    line.getSubcommands().values().forEach(sub -> collectNames(sub, names));
  }

  private static void setOnAll(CommandLine line, ConfigFile provider) {
    line.setDefaultValueProvider(provider);
    line.getSubcommands().values().forEach(sub -> setOnAll(sub, provider));
  }

  private static String bare(String option) {
    return option.replaceFirst("^--?", "");
  }
}
