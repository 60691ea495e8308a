// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

/** What hosts say, well and badly. */
final class PtEnvironmentTest {
  private static final List<String> CLIENT =
      List.of(
          "TOR_PT_MANAGED_TRANSPORT_VER=1",
          "TOR_PT_STATE_LOCATION=/var/lib/tor/pt_state/",
          "TOR_PT_EXIT_ON_STDIN_CLOSE=1",
          "TOR_PT_CLIENT_TRANSPORTS=obfs4,tollway");

  private static final List<String> SERVER =
      List.of(
          "TOR_PT_MANAGED_TRANSPORT_VER=1",
          "TOR_PT_STATE_LOCATION=/var/lib/tor/pt_state/",
          "TOR_PT_SERVER_TRANSPORTS=obfs4,tollway",
          "TOR_PT_SERVER_BINDADDR=obfs4-198.51.100.1:1984,tollway-[::1]:8470",
          "TOR_PT_SERVER_TRANSPORT_OPTIONS=obfs4:x=1;tollway:freddie=https\\://f.example",
          "TOR_PT_ORPORT=127.0.0.1:4200",
          "TOR_PT_EXTENDED_SERVER_PORT=");

  @Test
  void aClientIsUnderstood() throws Exception {
    assertThat(with(CLIENT).version()).isEqualTo("1");
    assertThat(with(CLIENT).task())
        .isEqualTo(new PtTask.Client(Path.of("/var/lib/tor/pt_state"), true, true));
    assertThat(with(CLIENT, "TOR_PT_EXIT_ON_STDIN_CLOSE=0").task().endsWithInput()).isFalse();
    assertThat(with(CLIENT, "TOR_PT_EXIT_ON_STDIN_CLOSE=").task().endsWithInput()).isFalse();
    assertThat(with(CLIENT, "TOR_PT_CLIENT_TRANSPORTS=obfs4").task().wanted()).isFalse();
  }

  @Test
  void aServerIsUnderstood() throws Exception {
    assertThat(with(SERVER).task())
        .isEqualTo(
            new PtTask.Server(
                Path.of("/var/lib/tor/pt_state"),
                false,
                true,
                Optional.of(at(Bytes.ofHex("0".repeat(31) + "1"), 8470)),
                at(Bytes.ofHex("7f000001"), 4200),
                Optional.empty(),
                List.of(new PtArgument("freddie", "https://f.example"))));
    PtTask.Server extended =
        (PtTask.Server)
            with(
                    SERVER,
                    "TOR_PT_EXTENDED_SERVER_PORT=127.0.0.1:4201",
                    "TOR_PT_AUTH_COOKIE_FILE=/var/lib/tor/cookie",
                    "TOR_PT_SERVER_BINDADDR=",
                    "TOR_PT_OUTBOUND_BIND_ADDRESS_V4=203.0.113.4")
                .task();
    assertThat(extended.destination()).isEqualTo(at(Bytes.ofHex("7f000001"), 4201));
    assertThat(extended.cookie()).contains(Path.of("/var/lib/tor/cookie"));
    assertThat(extended.listen()).isEmpty();
  }

  @Test
  void theVersionIsOneThatBothKnow() throws Exception {
    assertThat(with(CLIENT, "TOR_PT_MANAGED_TRANSPORT_VER=0,2,1,this_is_a_valid_ver").version())
        .isEqualTo("1");
    assertThat(with(CLIENT, "TOR_PT_MANAGED_TRANSPORT_VER=3.0,2.1").version()).isEqualTo("2.1");
    assertThat(line("TOR_PT_MANAGED_TRANSPORT_VER=9")).isEqualTo("VERSION-ERROR no-version");
    assertThat(line("TOR_PT_MANAGED_TRANSPORT_VER="))
        .isEqualTo("ENV-ERROR No TOR_PT_MANAGED_TRANSPORT_VER environment variable");
    assertThat(line("TOR_PT_MANAGED_TRANSPORT_VER=1,,2"))
        .isEqualTo("ENV-ERROR TOR_PT_MANAGED_TRANSPORT_VER is not a list of versions");
  }

  @Test
  void whatMakesNoSenseIsTold() {
    assertThat(line("TOR_PT_STATE_LOCATION="))
        .isEqualTo("ENV-ERROR No TOR_PT_STATE_LOCATION environment variable");
    assertThat(line("TOR_PT_STATE_LOCATION=state"))
        .isEqualTo("ENV-ERROR TOR_PT_STATE_LOCATION is not an absolute path");
    String either = "ENV-ERROR set either TOR_PT_CLIENT_TRANSPORTS or TOR_PT_SERVER_TRANSPORTS";
    assertThat(line("TOR_PT_CLIENT_TRANSPORTS=")).isEqualTo(either);
    assertThat(line("TOR_PT_SERVER_TRANSPORTS=tollway")).isEqualTo(either);
    assertThat(line("TOR_PT_CLIENT_TRANSPORTS=tollway,4obfs"))
        .isEqualTo("ENV-ERROR TOR_PT_CLIENT_TRANSPORTS is not a list of transports");
    assertThat(line("TOR_PT_OUTBOUND_BIND_ADDRESS_V4=203.0.113.4"))
        .isEqualTo("ENV-ERROR TOR_PT_OUTBOUND_BIND_ADDRESS_V4: not supported by tollway");
    assertThat(line("TOR_PT_PROXY=socks5://127.0.0.1:9999"))
        .isEqualTo("PROXY-ERROR tollway cannot go through a proxy");

    assertThat(serverLine("TOR_PT_ORPORT="))
        .isEqualTo("ENV-ERROR No TOR_PT_ORPORT environment variable");
    for (String wrong : List.of("localhost:4200", "127.0.0.1", "127.0.0.1:70000", "::1:80", "")) {
      assertThat(serverLine("TOR_PT_ORPORT=" + wrong)).startsWith("ENV-ERROR ");
    }
    assertThat(serverLine("TOR_PT_EXTENDED_SERVER_PORT=127.0.0.1:1"))
        .isEqualTo("ENV-ERROR No TOR_PT_AUTH_COOKIE_FILE when TOR_PT_EXTENDED_SERVER_PORT set");
    assertThat(serverLine("TOR_PT_SERVER_BINDADDR=tollway"))
        .isEqualTo("ENV-ERROR TOR_PT_SERVER_BINDADDR is not a list of NAME-ADDRESS:PORT");
    assertThat(serverLine("TOR_PT_SERVER_BINDADDR=tollway-1.2.3.4:1,tollway-1.2.3.4:2"))
        .isEqualTo("ENV-ERROR TOR_PT_SERVER_BINDADDR names tollway twice");
    assertThat(serverLine("TOR_PT_SERVER_TRANSPORT_OPTIONS=tollway"))
        .startsWith("ENV-ERROR TOR_PT_SERVER_TRANSPORT_OPTIONS: ");
  }

  @Test
  void noiseIsATaskOrALineAndNothingElse() {
    Random random = new Random(21);
    int understood = 0;
    for (int i = 0; i < 20_000; i++) {
      Map<String, String> variables = map(i % 2 == 0 ? CLIENT : SERVER);
      String name = List.copyOf(variables.keySet()).get(random.nextInt(variables.size()));
      StringBuilder text = new StringBuilder(variables.getOrDefault(name, ""));
      for (int k = random.nextInt(4); k > 0; k--) {
        text.insert(
            random.nextInt(text.length() + 1),
            random.nextInt(3) > 0 ? (char) random.nextInt(256) : ",;:=\\-[]".charAt(k));
      }
      variables.put(name, text.toString());
      try {
        PtEnvironment environment = new PtEnvironment(variables);
        assertThat(environment.version()).isNotEmpty();
        assertThat(environment.task().state()).isAbsolute();
        understood++;
      } catch (PtRefusedException told) {
        assertThat(told.line()).matches("(ENV|VERSION|PROXY)-ERROR .+");
      }
    }
    assertThat(understood).isGreaterThan(2_000);
  }

  private static InetSocketAddress at(Bytes address, int port) throws Exception {
    return new InetSocketAddress(InetAddress.getByAddress(address.toArray()), port);
  }

  private static String line(String change) {
    return line(with(CLIENT, change));
  }

  private static String serverLine(String change) {
    return line(with(SERVER, change));
  }

  private static String line(PtEnvironment environment) {
    PtRefusedException refused =
        catchThrowableOfType(
            PtRefusedException.class,
            () -> {
              assertThat(environment.version()).isNotEmpty();
              assertThat(environment.task()).isNull();
            });
    return refused.line();
  }

  private static PtEnvironment with(List<String> usual, String... changes) {
    Map<String, String> variables = map(usual);
    variables.putAll(map(List.of(changes)));
    return new PtEnvironment(variables);
  }

  private static Map<String, String> map(List<String> assignments) {
    Map<String, String> variables = new HashMap<>();
    for (String each : assignments) {
      variables.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
    }
    return variables;
  }
}
