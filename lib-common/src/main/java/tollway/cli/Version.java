// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import org.jspecify.annotations.Nullable;

/** The version line that every binary prints. */
public final class Version {
  private Version() {}

  /** From the jar's manifest, so that the pom is the one place that says it. */
  public static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
