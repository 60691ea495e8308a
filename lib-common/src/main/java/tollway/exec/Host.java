// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The host as we change it: its programs and kernel settings. What changes something goes through
 * here, so that it can be recorded instead of done. Calls block: make them on an {@code os} loop.
 */
public interface Host {
  /** Runs {@code command} and returns whatever came of it. */
  HostCommand.Result attempt(List<String> command, String stdin) throws IOException;

  /** Writes {@code value} to a kernel setting below {@code /proc/sys}. */
  void set(Path setting, String value) throws IOException;

  /** What a kernel setting is now; empty when there is no such setting. */
  default Optional<String> read(Path setting) throws IOException {
    if (!Files.exists(setting)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(setting)) {
      // In one go: the kernel gives no second part of a number.
      byte[] value = new byte[4096];
      int size = Math.max(0, in.read(value));
      return Optional.of(new String(value, 0, size, StandardCharsets.US_ASCII).strip());
    }
  }

  /** Whether {@code program} is on the search path. */
  boolean has(String program);

  /** Runs {@code command}; an exit code other than 0 is an {@link IOException} that names it. */
  default String run(List<String> command) throws IOException {
    return run(command, "");
  }

  /** Like {@link #run(List)}, with {@code stdin} on the program's standard input. */
  default String run(List<String> command, String stdin) throws IOException {
    return HostCommand.checked(command, attempt(command, stdin));
  }

  /** This very host. */
  static Host real() {
    return new Host() {
      @Override
      public HostCommand.Result attempt(List<String> command, String stdin) throws IOException {
        return HostCommand.attempt(command, stdin);
      }

      @Override
      public void set(Path setting, String value) throws IOException {
        Files.write(setting, (value + "\n").getBytes(StandardCharsets.US_ASCII));
      }

      @Override
      public boolean has(String program) {
        return HostCommand.find(program).isPresent();
      }
    };
  }
}
