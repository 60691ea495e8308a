// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import tollway.crawl.Ipv4Block;
import tollway.crawl.SpecialPurpose;

/** What is of the Internet, and what is somebody's own: an experiment is not to be heard there. */
public final class Outside {
  /** Names that no public DNS knows (RFC 6761, 6762, 8375, and .internal). */
  private static final List<String> OWN_NAMES =
      List.of(".localhost", ".local", ".test", ".example", ".invalid", ".home.arpa", ".internal");

  private Outside() {}

  /** Whether {@code address} is one of the Internet's. */
  public static boolean isOutside(InetAddress address) {
    byte[] raw = address.getAddress();
    if (address instanceof Inet4Address) {
      return SpecialPurpose.objection(Ipv4Block.of(NetUtil.toAddressString(address)), false)
          .isEmpty();
    }
    boolean unique = (raw[0] & 0xfe) == 0xfc; // RFC 4193
    boolean documentation =
        raw[0] == 0x20 && raw[1] == 1 && raw[2] == 0x0d && raw[3] == (byte) 0xb8;
    return !unique
        && !documentation
        && !address.isLoopbackAddress()
        && !address.isAnyLocalAddress()
        && !address.isLinkLocalAddress()
        && !address.isSiteLocalAddress()
        && !address.isMulticastAddress();
  }

  /** Whether {@code url} names a host of the Internet; nothing is looked up. */
  public static boolean isOutside(URI url) {
    String host = String.valueOf(url.getHost()).replaceFirst("^\\[(.*)]$", "$1");
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      try {
        return isOutside(InetAddress.getByAddress(literal));
      } catch (UnknownHostException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    String name = "." + host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    return name.indexOf('.', 1) > 0 && OWN_NAMES.stream().noneMatch(name::endsWith);
  }
}
