// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tollway.cli.UserErrorException;
import tollway.pipeline.UdpPorts;

final class PortOptionTest {
  private static UdpPorts parse(String... arguments) {
    PortOption option = new PortOption();
    new CommandLine(option).parseArgs(arguments);
    return option.ports();
  }

  @Test
  void takesARangeOrAnyPort() {
    assertThat(parse()).isEqualTo(UdpPorts.ANY);
    assertThat(parse("--port-range", "40000-40100")).isEqualTo(new UdpPorts(40000, 40100));
    assertThat(parse("--port-range", "53-53")).isEqualTo(new UdpPorts(53, 53));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9-8", "0-9", "1-65536", "40000", "-", "a-b", "1-2-3", "99999-99999"})
  void saysWhatARangeIs(String wrong) {
    assertThatThrownBy(() -> parse("--port-range=" + wrong))
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining("two ports, the lower first");
  }
}
