// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/** Where a node reports to, with which token and how often. */
public record ReporterConfig(URI server, ReportToken token, Duration period) {
  /** Three lost reports in a row still leave the node on the map. */
  public static final Duration DEFAULT_PERIOD = Duration.ofSeconds(2);

  public ReporterConfig {
    String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || server.getHost() == null
        || server.getRawUserInfo() != null
        || server.getRawQuery() != null
        || server.getRawFragment() != null) {
      throw new IllegalArgumentException("not the address of a netstate (http://HOST:PORT)");
    }
    if (period.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("a report period below 100 ms");
    }
  }

  /** With the default period; an {@link IllegalArgumentException} says what is wrong. */
  public static ReporterConfig of(String server, ReportToken token) {
    return new ReporterConfig(URI.create(server.strip()), token, DEFAULT_PERIOD);
  }

  /** Where reports are posted. */
  URI endpoint() {
    return URI.create(server.toString().replaceFirst("/+$", "") + "/v1/report");
  }
}
