// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tollway.neighbor.Drop;

final class ReasonsTest {
  private static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");

  @Test
  void everyCountOfMessagesHasASentence() {
    for (Drop why : Drop.values()) {
      assertThat(Reasons.of(why)).as(why.name()).endsWith(".").hasSizeGreaterThan(20);
    }
  }

  @Test
  void aClosedTunnelSaysWhoClosedItAndForHowLong() {
    assertThat(Reasons.closed("KEY", Instant.MAX, NOW).text())
        .isEqualTo("You closed this tunnel: 'scrooge tunnel open KEY' opens it.");
    assertThat(Reasons.closed("KEY", NOW.plus(Duration.ofMinutes(5)), NOW).text())
        .isEqualTo(
            "You closed this tunnel: it opens by itself in 5 min, or now: 'scrooge tunnel open KEY'"
                + " opens it.");
  }

  @Test
  void agesAreShort() {
    assertThat(Reasons.ago(NOW.minusSeconds(7), NOW)).isEqualTo("7 s ago");
    assertThat(Reasons.ago(NOW.minusSeconds(600), NOW)).isEqualTo("10 min ago");
    assertThat(Reasons.ago(NOW.plusSeconds(9), NOW)).as("clocks step").isEqualTo("0 s ago");
  }

  @Test
  void aShareIsToldByItsWeight() {
    JsonObject measured =
        JsonParser.parseString(
                """
                {"shareKbit":20000,"neighbors":[
                 {"publicKey":"A","weight":3,"origin":"operator","promisedKbit":15000,
                  "ceilKbit":20000,"deliveredKbit":9000.0,"dueKbit":15000.0,"errorPercent":-40.0},
                 {"publicKey":"B","weight":1,"origin":"default","promisedKbit":5000,
                  "ceilKbit":20000,"deliveredKbit":12.0}]}
                """)
            .getAsJsonObject();
    assertThat(ShareReasons.reasons("A", measured))
        .extracting(Reason::text)
        .containsExactly(
            "Its weight is 3 of 4 in all (by operator), so of 20.0 Mbit/s it is promised 15.0"
                + " Mbit/s, and may have up to 20.0 Mbit/s; it got 9.0 Mbit/s just now.",
            "It wants more and is owed 15.0 Mbit/s: the uplink carries less than was declared, or"
                + " this host is busy.");
    assertThat(ShareReasons.reasons("B", measured))
        .extracting(Reason::code)
        .containsExactly("SHARE");
    assertThat(ShareReasons.reasons("C", measured))
        .extracting(Reason::code)
        .containsExactly("SHARE_PENDING");
    assertThat(ShareReasons.reasons("B", measured).get(0).text())
        .contains("it got 12 kbit/s just now");
  }
}
