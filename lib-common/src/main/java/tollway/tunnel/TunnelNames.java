// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import tollway.bytes.Bytes;

/** The names and addresses of tunnels, computed from who is at their ends. */
public final class TunnelNames {
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 §6
  private static final int DIGITS = 13; // The kernel takes names of 15 characters.

  private static final Pattern NAME = Pattern.compile("tw[a-z2-7]{" + DIGITS + "}");

  private TunnelNames() {}

  /**
   * {@code tw} and 65 bits of a digest. Our own key is in it because the sockets of {@code
   * wireguard-go} are shared by all network namespaces of a host.
   */
  public static String interfaceName(Bytes own, Bytes neighbor, String link) {
    return name(
        "tw",
        Bytes.ofUtf8("tollway-tunnel-v1")
            .plus(own)
            .plus(neighbor)
            .plus(Bytes.ofUtf8(link))
            .sha256());
  }

  /** The device, one a node, through which all its tunnels' traffic passes to be shared out. */
  public static String sharingDevice(Bytes own) {
    return name("ti", Bytes.ofUtf8("tollway-share-v1").plus(own).sha256());
  }

  private static String name(String prefix, Bytes digest) {
    StringBuilder name = new StringBuilder(prefix);
    for (int digit = 0; digit < DIGITS; digit++) {
      int bit = 5 * digit;
      int window = digest.at(bit / 8) << 8 | digest.at(bit / 8 + 1);
      name.append(BASE32.charAt(window >> (11 - bit % 8) & 31));
    }
    return name.toString();
  }

  /** Whether {@code name} looks like one of ours. */
  public static boolean isInterfaceName(String name) {
    return NAME.matcher(name).matches();
  }

  /** A node's link-local address on all its tunnels; every neighbour can compute it. */
  public static InetAddress linkLocal(Bytes node) {
    byte[] address = new byte[16];
    address[0] = (byte) 0xfe;
    address[1] = (byte) 0x80;
    Bytes digest = Bytes.ofUtf8("tollway-link-local-v1").plus(node).sha256();
    System.arraycopy(digest.toArray(), 0, address, 8, 8);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
