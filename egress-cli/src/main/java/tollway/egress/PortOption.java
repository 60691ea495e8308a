// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.UserErrorException;
import tollway.pipeline.UdpPorts;

/** {@code --port-range}, for both ends of a data channel. */
final class PortOption {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

  @Option(
      names = "--port-range",
      paramLabel = "A-B",
      description =
          "Local UDP ports for data channels, such as 40000-40100, for a firewall that opens only"
              + " these (default: any that is free).")
  private @Nullable String range;

  UdpPorts ports() {
    if (range == null) {
      return UdpPorts.ANY;
    }
    Matcher parts = RANGE.matcher(range);
    if (parts.matches()) {
      int least = Integer.parseInt(parts.group(1));
      int most = Integer.parseInt(parts.group(2));
      if (least > 0 && least <= most && most <= 0xffff) {
        return new UdpPorts(least, most);
      }
    }
    throw new UserErrorException("--port-range: give two ports, the lower first: 40000-40100");
  }
}
