// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import tollway.cli.UserErrorException;

/** What the operator knows of this host's addresses outside. */
final class MappedOption {
  @Option(
      names = "--mapped",
      paramLabel = "ADDRESS",
      description =
          "An address that servers must see us at; may be repeated. Default: found out from"
              + " what they tell.")
  private List<String> mapped = new ArrayList<>();

  Set<InetAddress> addresses() {
    Set<InetAddress> known = new HashSet<>();
    for (String text : mapped) {
      byte[] raw = NetUtil.createByteArrayFromIpAddressString(text);
      if (raw == null) {
        throw new UserErrorException("--mapped: '" + text + "' is no IP address");
      }
      try {
        known.add(InetAddress.getByAddress(raw));
      } catch (UnknownHostException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return known;
  }
}
