// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The servers that came with the program, in a file that who packages it may replace. */
public final class BundledServers {
  private BundledServers() {}

  /** {@code HOST:PORT} each. Reads a resource. */
  public static List<String> read() {
    try (InputStream in =
        Objects.requireNonNull(BundledServers.class.getResourceAsStream("stun-servers"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException impossible) {
      throw new IllegalStateException("the list of STUN servers is not in the package", impossible);
    }
  }
}
