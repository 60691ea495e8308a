// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ServerAddressTest {
  @Test
  void findsItsPathsBelowTheBase() {
    assertThat(ServerAddress.parse(" http://[::1]:8090/ ").at("/v1/events"))
        .hasToString("http://[::1]:8090/v1/events");
    assertThat(ServerAddress.parse("HTTPS://map.example/net//").at("/v1/graph"))
        .hasToString("HTTPS://map.example/net/v1/graph");
  }

  @Test
  void refusesWhatIsNotAnAddress() {
    for (String wrong :
        List.of(
            "",
            "localhost:8090",
            "ftp://host/",
            "http:///path",
            "http://user:secret@host/",
            "http://host/?token=1",
            "http://host/#top",
            "http://host:65536",
            "http://a b/",
            "file:///etc/passwd")) {
      assertThatThrownBy(() -> ServerAddress.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("not the address of a netstate (http://HOST:PORT)");
    }
  }
}
