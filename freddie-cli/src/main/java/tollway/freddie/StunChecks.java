// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import tollway.console.Check;
import tollway.loop.NettyEventLoop;
import tollway.stun.StunAlternate;
import tollway.stun.StunClient;

/** Whether {@code freddie serve} can answer STUN where it is to. */
final class StunChecks {
  private static final String NAME = "stun";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final NettyEventLoop loop;
  private final List<FreddieConfig.StunAddress> addresses;
  private final Optional<StunAlternate> alternate;

  StunChecks(
      NettyEventLoop loop,
      List<FreddieConfig.StunAddress> addresses,
      Optional<StunAlternate> alternate) {
    this.loop = loop;
    this.addresses = addresses;
    this.alternate = alternate;
  }

  List<Check> all() throws SocketException, InterruptedException {
    List<Check> checks = new ArrayList<>();
    if (addresses.isEmpty()) {
      checks.add(
          Check.warn(
              NAME,
              "none here: clients must know servers of their own",
              "give --stun HOST:3478, an address of this host"));
      return checks;
    }
    for (FreddieConfig.StunAddress each : addresses) {
      checks.add(bindable(each.bind()));
    }
    if (alternate.isPresent()) {
      InetSocketAddress one = addresses.get(0).bind();
      InetSocketAddress other = alternate.get().bind();
      checks.add(bindable(other));
      checks.add(bindable(new InetSocketAddress(one.getAddress(), other.getPort())));
      checks.add(bindable(new InetSocketAddress(other.getAddress(), one.getPort())));
    } else {
      checks.add(second());
    }
    return checks;
  }

  private Check bindable(InetSocketAddress address) throws InterruptedException {
    String at = FreddieNode.text(address);
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.setReuseAddress(false);
      socket.bind(address);
      return Check.ok(NAME, at + " is free");
    } catch (IOException refused) {
      String why = String.valueOf(refused.getMessage());
      if (why.contains("in use")) {
        return answers(address)
            ? Check.ok(NAME, "a STUN server answers at " + at)
            : Check.fail(
                NAME, at + " is in use, and not by STUN", "'ss -ulnp' shows by whom; or --stun");
      }
      return Check.fail(
          NAME,
          at + ": " + why,
          why.contains("denied")
              ? "ports below 1024 need root or CAP_NET_BIND_SERVICE"
              : "name an address of this host: 'ip address' shows them");
    }
  }

  private boolean answers(InetSocketAddress address) throws InterruptedException {
    try {
      StunClient.query(loop, address, PATIENCE).get();
      return true;
    } catch (ExecutionException silent) {
      return false;
    }
  }

  /** RFC 5780 takes two addresses. */
  private static Check second() throws SocketException {
    String name = "nat discovery";
    long usable =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(each -> each instanceof Inet4Address && isOfUse(each))
            .count();
    return usable > 1
        ? Check.warn(
            name,
            "this host has " + usable + " IPv4 addresses, and STUN has one",
            "give --stun-alternate, and clients find out what their NAT does")
        : Check.skip(name, "takes a second address of this host");
  }

  private static boolean isOfUse(InetAddress address) {
    return !address.isLoopbackAddress() && !address.isLinkLocalAddress();
  }
}
