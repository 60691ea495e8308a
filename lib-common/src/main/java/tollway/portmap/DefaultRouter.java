// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The router that an interface sends to what it knows no other way to, as Linux tells it. */
final class DefaultRouter {
  private static final Path ROUTES = Path.of("/proc/net/route");

  private DefaultRouter() {}

  /** Empty where there is none, and on systems that do not tell. */
  static Optional<Inet4Address> of(Inet4Address own) {
    try {
      NetworkInterface device = NetworkInterface.getByInetAddress(own);
      return device == null
          ? Optional.empty()
          : parse(Files.readAllLines(ROUTES), device.getName());
    } catch (IOException untold) {
      return Optional.empty();
    }
  }

  /** Columns: interface, destination, gateway (hexadecimal, in the host's order), flags, more. */
  static Optional<Inet4Address> parse(List<String> routes, String device) throws IOException {
    for (String route : routes) {
      String[] columns = route.trim().split("\\s+");
      if (columns.length > 3
          && columns[0].equals(device)
          && columns[1].equals("00000000")
          && columns[2].matches("[0-9A-F]{8}")
          && !columns[2].equals("00000000")) {
        ByteBuffer raw = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
        raw.putInt(Integer.parseUnsignedInt(columns[2], 16));
        return Optional.of((Inet4Address) InetAddress.getByAddress(raw.array()));
      }
    }
    return Optional.empty();
  }
}
