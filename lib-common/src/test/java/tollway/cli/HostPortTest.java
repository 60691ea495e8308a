// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class HostPortTest {
  @Test
  void readsNamesAndBothKindsOfAddress() {
    assertThat(HostPort.parse("--listen", "localhost:80")).isEqualTo(new HostPort("localhost", 80));
    assertThat(HostPort.parse("--listen", "0.0.0.0:0")).isEqualTo(new HostPort("0.0.0.0", 0));
    assertThat(HostPort.parse("--listen", "[::1]:65535")).isEqualTo(new HostPort("::1", 65535));
  }

  @Test
  void writesWhatItReads() {
    for (String text : List.of("localhost:80", "127.0.0.1:1", "[fe80::1]:9")) {
      assertThat(HostPort.parse("--listen", text)).hasToString(text);
    }
  }

  @Test
  void saysWhichOptionIsWrong() {
    for (String wrong :
        List.of("", "80", ":80", "host", "host:", "host:-1", "host:65536", "::1:80", "host:+1")) {
      assertThatThrownBy(() -> HostPort.parse("--listen", wrong))
          .isInstanceOf(UserErrorException.class)
          .hasMessage("--listen: '" + wrong + "' is not HOST:PORT");
    }
  }
}
