// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

/** What an owner sees of the shares. */
final class QosViewTest {
  private static final String ALICE = "TBqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=";
  private static final String BOB = "bbqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=";

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  @Test
  void showsPromisedAndDeliveredSideBySide() {
    JsonObject answer =
        json(
            """
            {"share":"40%","uplink":"50mbit","shareKbit":20000,"uplinkKbit":50000,"queue":"bfifo",
             "intervalSeconds":1.0,"deliveredKbit":19900.0,"ownKbit":12.0,"neighbors":[
             {"publicKey":"ALICE","weight":3.0,"promisedKbit":15000,"dueKbit":15000.0,
              "deliveredKbit":14900.0,"errorPercent":-0.7,"backlogBytes":30000,"drops":7},
             {"publicKey":"BOB","weight":0.5,"promisedKbit":5000,"deliveredKbit":0.0,
              "backlogBytes":0,"drops":0}]}
            """
                .replace("ALICE", ALICE)
                .replace("BOB", BOB));
    assertThat(String.join("\n", QosView.of(answer, 70)))
        .isEqualTo(
            """
            share 20mbit, 40% of an uplink of 50mbit, queues by bfifo
            forwarded 19.9mbit, own traffic 12kbit

            PUBLIC KEY                                    WEIGHT  PROMISED  DUE     DELIVERED  ERROR  BACKLOG  DROPS
            TBqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=  3       15mbit    15mbit  14.9mbit   -0.7%  30000    7
            bbqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=  0.5     5mbit     -       0kbit      -      0        0

            TBqEJNDl  promised  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 15mbit
                      delivered ██████████████████████████████ 14.9mbit
            bbqEJNDl  promised  ▒▒▒▒▒▒▒▒▒▒ 5mbit
                      delivered  0kbit""");
  }

  @Test
  void saysWhatIsNotInEffect() {
    assertThat(QosView.of(json("{\"neighbors\":[]}"), 80))
        .containsExactly(
            "no share is set: what is forwarded has no bound ('scrooge share 20mbit' sets one)");
    assertThat(
            QosView.of(
                json("{\"share\":\"20mbit\",\"trouble\":\"'tc' is missing\",\"neighbors\":[]}"),
                80))
        .containsExactly("share 20mbit", "NOT IN EFFECT: 'tc' is missing");
    assertThat(QosView.of(json("{\"ingressKbit\":5000,\"neighbors\":[]}"), 80))
        .contains("each neighbour hands us 5mbit at most");
  }
}
