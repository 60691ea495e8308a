// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.JavaProcess;

/** {@code egress speedtest} over a whole chain. */
final class SpeedtestIT {
  @TempDir private Path directory;

  @Test
  void theWayIsMeasuredByADesktopOfItsOwnAndByOneThatRuns() throws Exception {
    try (Chain chain = new Chain(directory)) {
      String freddie = Chain.text(chain.freddie().event("ready"), "url");
      JavaProcess exit = chain.egress(freddie, "--rate-per-session", "40mbit");
      String invite = Chain.text(exit.event("ready"), "invite");
      chain.widget(invite, "anna").event("ready");

      measured(speedtest(Map.of("TOLLWAY_INVITE", invite), "--include-loopback", "--paths", "1"));
      JsonObject slow =
          speedtest(
              Map.of("TOLLWAY_INVITE", invite),
              "--include-loopback",
              "--rate-down",
              "8mbit",
              "--rate-up",
              "4mbit");
      assertThat(rate(slow, "down")).isBetween(1.0, 9.0); // A queue was filled before.
      assertThat(rate(slow, "up")).isBetween(0.5, 5.0);
      String socket = directory.resolve("desktop.sock").toString();
      chain.desktop(invite, "--control", socket, "--paths", "1").event("connected");
      measured(speedtest(Map.of(), "--control", socket));
      assertThat(Chain.metric(exit, "egress_bytes_total{direction=\"down\"}")).isPositive();

      try (JavaProcess told =
          JavaProcess.start(Chain.EGRESS, "speedtest", "--control", socket, "--seconds", "1")) {
        assertThat(told.exitCode()).isZero();
        assertThat(String.join("\n", told.out()))
            .containsPattern("(?m)^round trip  [0-9.]+ ms at best")
            .containsPattern("(?m)^down +[0-9.]+ Mbit/s \\(.* in [0-9.]+ s\\)")
            .containsPattern("(?m)^up +[0-9.]+ Mbit/s")
            .endsWith("paths       1");
        assertThat(told.err()).isEmpty();
      }
    }
  }

  @Test
  void whatMakesNoSenseIsOneLine() throws Exception {
    expect(2, "--seconds: give a number from 1 to 30", "--seconds", "31");
    expect(3, "nowhere", "--control", directory.resolve("nowhere").toString());
  }

  private static void expect(int code, String complaint, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("speedtest"));
    arguments.addAll(List.of(options));
    try (JavaProcess told = JavaProcess.start(Chain.EGRESS, arguments.toArray(String[]::new))) {
      assertThat(told.exitCode()).isEqualTo(code);
      assertThat(told.err()).singleElement().asString().contains(complaint);
      assertThat(told.out()).isEmpty();
    }
  }

  private static JsonObject speedtest(Map<String, String> environment, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("speedtest", "--json", "--seconds", "1"));
    arguments.addAll(List.of(options));
    try (JavaProcess test =
        JavaProcess.start(List.of(), environment, Chain.EGRESS, arguments.toArray(String[]::new))) {
      assertThat(test.exitCode()).as(String.join("\n", test.err())).isZero();
      assertThat(test.out()).hasSize(1);
      return JsonParser.parseString(test.out().get(0)).getAsJsonObject();
    }
  }

  private static double rate(JsonObject result, String way) {
    return result.getAsJsonObject(way).get("megabitsPerSecond").getAsDouble();
  }

  private static void measured(JsonObject result) {
    assertThat(result.getAsJsonObject("roundTripMillis").get("median").getAsDouble()).isPositive();
    for (String way : new String[] {"down", "up"}) {
      JsonObject flow = result.getAsJsonObject(way);
      assertThat(flow.get("megabitsPerSecond").getAsDouble()).as(way).isBetween(1.0, 60.0);
      assertThat(flow.get("bytes").getAsLong()).as(way).isPositive();
      assertThat(flow.get("lossPercent").getAsDouble()).as(way).isBetween(0.0, 50.0);
    }
    assertThat(result.get("paths").getAsInt()).isEqualTo(1);
  }
}
