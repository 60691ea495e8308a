// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.net.URI;
import java.time.Duration;

/** Where a node reports to, with which token and how often. */
public record ReporterConfig(ServerAddress server, ReportToken token, Duration period) {
  /** Three lost reports in a row still leave the node on the map. */
  public static final Duration DEFAULT_PERIOD = Duration.ofSeconds(2);

  public ReporterConfig {
    if (period.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("a report period below 100 ms");
    }
  }

  /** With the default period; an {@link IllegalArgumentException} says what is wrong. */
  public static ReporterConfig of(String server, ReportToken token) {
    return new ReporterConfig(ServerAddress.parse(server), token, DEFAULT_PERIOD);
  }

  /** Where reports are posted. */
  URI endpoint() {
    return server.at("/v1/report");
  }
}
