// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Unbounded clients that can meet their own kind: those whose protocol versions have the same major
 * number. They say different things in {@link V1Type#ICE}, and carry data differently afterwards.
 */
public enum V1Generation {
  /** Of 2024, protocol v0. */
  B24("0", Duration.ofSeconds(5)),
  /** Since 2025, protocol v2. */
  U26("2", Duration.ofSeconds(15));

  /** The request header in which a client states its version. */
  public static final String VERSION_HEADER = "X-BF-Version";

  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);
  private static final int LONGEST_VERSION = 64;

  /** Semantic Versioning 2.0.0 with a v in front; minor and patch may be missing. */
  private static final Pattern VERSION =
      Pattern.compile(
          "v(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)"
              + "(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?)?)?");

  private final String major;
  private final Duration gatheringWait;

  V1Generation(String major, Duration gatheringWait) {
    this.major = major;
    this.gatheringWait = gatheringWait;
  }

  /** Whose version {@code header} is; empty for one that nobody here speaks. */
  public static Optional<V1Generation> of(@Nullable String header) {
    if (header == null || header.length() > LONGEST_VERSION) {
      return Optional.empty();
    }
    Matcher version = VERSION.matcher(header);
    return version.matches()
        ? Arrays.stream(values()).filter(each -> each.major.equals(version.group(1))).findFirst()
        : Optional.empty();
  }

  /** How long who posted {@code type} waits for what answers it. */
  public Duration patience(V1Type type) {
    return switch (type) {
      case GENESIS -> DEFAULT_WAIT;
      case OFFER, ANSWER -> gatheringWait; // The other side gathers candidates meanwhile.
      case ICE -> Duration.ZERO;
    };
  }
}
