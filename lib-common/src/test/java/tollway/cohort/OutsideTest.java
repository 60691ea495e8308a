// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.pipeline.Destination;

/** What an experiment is not to be heard by; and the list of those that it would be heard by. */
final class OutsideTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8480",
        "https://127.9.9.9",
        "ws://[::1]:1/",
        "http://10.1.2.3",
        "http://100.64.0.1",
        "http://172.31.0.1",
        "http://192.168.1.1",
        "http://169.254.1.1",
        "http://203.0.113.5",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]",
        "http://[fe80::1]",
        "http://[fd00::1]",
        "http://[2001:db8::1]",
        "http://localhost:8480",
        "http://LOCALHOST.",
        "http://freddie",
        "https://freddie.local",
        "https://freddie.home.arpa",
        "wss://freddie.example",
        "https://a.b.test./x"
      })
  void thisIsSomebodysOwn(String url) {
    assertThat(Outside.isOutside(URI.create(url))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://freddie.example.org",
        "https://freddie.example.org.:8480/",
        "http://9.9.9.9",
        "ws://[2600::1]:80",
        "https://mylocalhost.net",
        "https://local.net"
      })
  void thisIsOfTheInternet(String url) {
    assertThat(Outside.isOutside(URI.create(url))).isTrue();
  }

  @Test
  void theBundledListIsInOrder() throws Exception {
    assertThat(BundledServers.read())
        .hasSizeBetween(3, 8)
        .doesNotHaveDuplicates()
        .allSatisfy(
            server -> {
              Destination at = Destination.parse(server, 0);
              assertThat(at.isAddress()).as("addresses change").isFalse();
              assertThat(at.host()).contains(".");
            });
    assertThat(Outside.isOutside(InetAddress.getLoopbackAddress())).isFalse();
  }
}
