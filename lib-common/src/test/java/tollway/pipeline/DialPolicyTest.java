// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.MalformedBytesException;

final class DialPolicyTest {
  private static final String OWN = "198.41.0.4";

  private final DialPolicy strict =
      new DialPolicy(
          false, DialPolicy.DENIED_PORTS, address -> address.getHostAddress().equals(OWN));
  private final DialPolicy lab = new DialPolicy(true, DialPolicy.DENIED_PORTS, address -> true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        OWN,
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "2001::1",
        "fec0::1"
      })
  void whatIsNotThePublicInternetIsNotDialled(String address) throws Exception {
    assertThat(strict.objectionTo(target(address, 443))).isPresent();
    assertThat(lab.objectionTo(target(address, 443))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
        "64:ff9b::101:101"
      })
  void thePublicInternetIsDialled(String address) throws Exception {
    assertThat(strict.objectionTo(target(address, 443))).isEmpty();
  }

  @Test
  void mailIsNotServedWhateverTheAddress() throws Exception {
    assertThat(strict.objectionTo(target("1.1.1.1", 25))).isPresent();
    assertThat(lab.objectionTo(target("127.0.0.1", 25))).isPresent();
    assertThat(new DialPolicy(false, Set.of(), a -> false).objectionToPort(25)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "host",
        "host:",
        "host:0",
        "host:65536",
        "host:x",
        "::1:80",
        "[::1",
        "[::1]",
        "[1.2.3.4]:80",
        "a b:80",
        "a..b:80",
        "-a:80",
        "a\r\nb:80",
        "[fe80::1%eth0]:80",
        "a/b:80"
      })
  void whatNamesNoHostAndPortIsRefused(String authority) {
    assertThatThrownBy(() -> Destination.parse(authority, 0))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void authoritiesAreReadAsUrlsHaveThem() throws Exception {
    assertThat(Destination.parse("Example.ORG:443", 0))
        .isEqualTo(new Destination("example.org", 443));
    assertThat(Destination.parse("[::1]:8080", 0)).isEqualTo(new Destination("::1", 8080));
    assertThat(Destination.parse("[::1]", 80)).isEqualTo(new Destination("::1", 80));
    assertThat(Destination.parse("host:", 80)).isEqualTo(new Destination("host", 80));
    assertThat(Destination.parse("10.0.0.1", 80)).isEqualTo(new Destination("10.0.0.1", 80));
  }

  private static InetSocketAddress target(String address, int port) throws Exception {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
  }
}
