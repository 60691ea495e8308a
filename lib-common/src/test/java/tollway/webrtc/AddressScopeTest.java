// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AddressScopeTest {
  private static final Map<AddressScope, List<String>> EXAMPLES =
      Map.of(
          AddressScope.PUBLIC,
          List.of("8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2001:db8::1"),
          AddressScope.PRIVATE,
          List.of(
              "10.1.2.3",
              "172.16.0.1",
              "172.31.255.255",
              "192.168.0.1",
              "169.254.169.254",
              "100.64.0.1",
              "100.127.255.255",
              "fc00::1",
              "fdff::1",
              "fe80::1",
              "fec0::1"),
          AddressScope.LOOPBACK,
          List.of("127.0.0.1", "127.255.255.254", "::1"),
          AddressScope.NOWHERE,
          List.of(
              "0.0.0.0",
              "0.1.2.3",
              "224.0.0.1",
              "239.1.1.1",
              "240.0.0.1",
              "255.255.255.255",
              "::",
              "ff02::1"));

  @Test
  void knowsHowFarAnAddressReaches() {
    EXAMPLES.forEach(
        (scope, addresses) ->
            addresses.forEach(
                address ->
                    assertThat(AddressScope.of(socket(address, 1).getAddress()))
                        .as(address)
                        .isEqualTo(scope)));
  }

  @Test
  void allowsWhatTheConfigAllows() {
    assertAllowed(IceConfig.RemoteAddresses.PUBLIC, Set.of(AddressScope.PUBLIC));
    assertAllowed(
        IceConfig.RemoteAddresses.PRIVATE, Set.of(AddressScope.PUBLIC, AddressScope.PRIVATE));
    assertAllowed(
        IceConfig.RemoteAddresses.LOOPBACK,
        Set.of(AddressScope.PUBLIC, AddressScope.PRIVATE, AddressScope.LOOPBACK));
  }

  private static void assertAllowed(IceConfig.RemoteAddresses allowed, Set<AddressScope> expected) {
    EXAMPLES.forEach(
        (scope, addresses) ->
            addresses.forEach(
                address -> {
                  assertThat(AddressScope.allows(allowed, socket(address, 9)))
                      .as(allowed + " " + address)
                      .isEqualTo(expected.contains(scope));
                  assertThat(AddressScope.allows(allowed, socket(address, 0))).isFalse();
                }));
  }

  private static InetSocketAddress socket(String address, int port) {
    return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
  }
}
