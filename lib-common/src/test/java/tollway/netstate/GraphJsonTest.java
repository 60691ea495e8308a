// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;

final class GraphJsonTest {
  private static final GraphView VIEW =
      new GraphView(
          42,
          List.of(
              new GraphView.Node(
                  "a-1", Role.DESKTOP, "</script> \"Alice\", & co", Optional.empty(), true),
              new GraphView.Node("b_2", Role.WIDGET, "bob", Optional.of(Cast.BOB), true),
              new GraphView.Node("c3", Role.EGRESS, "", Optional.empty(), false)),
          List.of(
              new GraphView.Link("b_2", "a-1", Edge.State.ACTIVE, 1_500_000, true),
              new GraphView.Link("c3", "b_2", Edge.State.IDLE, 0, false)));

  @Test
  void readsWhatItWrote() throws MalformedBytesException {
    assertThat(GraphJson.parse(GraphJson.format(VIEW))).isEqualTo(VIEW);
  }

  @Test
  void isOneLine() {
    assertThat(GraphJson.format(VIEW)).doesNotContain("\n", "\r");
  }

  @Test
  void hasTheShapeThatScriptsRead() {
    GraphView small =
        new GraphView(
            1,
            List.of(
                new GraphView.Node("a", Role.DESKTOP, "x", Optional.empty(), true),
                new GraphView.Node("b", Role.WIDGET, "", Optional.empty(), false)),
            List.of(new GraphView.Link("b", "a", Edge.State.ACTIVE, 5, false)));
    assertThat(GraphJson.format(small))
        .isEqualTo(
            "{\"version\":1,\"nodes\":["
                + "{\"id\":\"a\",\"role\":\"desktop\",\"tag\":\"x\",\"reporting\":true},"
                + "{\"id\":\"b\",\"role\":\"widget\",\"tag\":\"\",\"reporting\":false}],"
                + "\"links\":[{\"helper\":\"b\",\"helped\":\"a\",\"state\":\"active\","
                + "\"bytesPerSecond\":5,\"confirmed\":false}]}");
  }

  @Test
  void refusesWhatCouldNotBeShown() {
    String sound = GraphJson.format(VIEW);
    for (String wrong :
        List.of(
            "",
            "null",
            "[]",
            "{}",
            "{\"version\":1,\"nodes\":[],\"links\":{}}",
            sound.replace("bob", "b\\u001b[2Jb"),
            sound.replace("\"b_2\"", "\"<b>\""),
            sound.replace("\"id\":\"c3\"", "\"id\":\"b_2\""),
            sound.replace("\"helper\":\"c3\"", "\"helper\":\"c4\""),
            sound.replace("1500000", "-1"),
            sound.replace("1500000", "1e99999999"),
            sound.replace("\"widget\"", "\"wizard\""),
            sound.replace("\"key\":\"", "\"key\":\"x"),
            sound.replace("bob", "b\u009b2Jb"),
            sound.replace("bob", "b\u202eb"),
            sound.replace("\"confirmed\":false", "\"confirmed\":\"false\""),
            sound.replace("\"links\":[", "\"links\":[" + link(sound) + ","),
            sound + sound,
            sound + "x",
            "{\"later\":" + "[".repeat(100_000),
            "[".repeat(100_000))) {
      assertThatThrownBy(() -> GraphJson.parse(wrong))
          .as(wrong)
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void refusesMoreThanAViewHolds() {
    String node = "{\"id\":\"%d\",\"role\":\"widget\",\"tag\":\"\",\"reporting\":true}";
    String nodes =
        IntStream.rangeClosed(0, GraphView.MAX_NODES)
            .mapToObj(node::formatted)
            .collect(Collectors.joining(","));
    assertThatThrownBy(
            () -> GraphJson.parse("{\"version\":1,\"nodes\":[" + nodes + "],\"links\":[]}"))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining("more than " + GraphView.MAX_NODES);
  }

  @Test
  void passesOverWhatALaterServerSays() throws MalformedBytesException {
    String later =
        GraphJson.format(VIEW)
            .replace("{\"version\"", "{\"history\":[[1,{}],null],\"version\"")
            .replace("\"reporting\"", "\"country\":{\"code\":\"xx\"},\"reporting\"")
            .replace("\"confirmed\"", "\"hops\":1.5,\"confirmed\"");
    assertThat(GraphJson.parse(later)).isEqualTo(VIEW);
  }

  @Test
  void namesTheEventInAStreamOfEvents() throws MalformedBytesException {
    String event = GraphJson.formatEvent(VIEW);
    assertThat(event).startsWith("{\"event\":\"graph\",\"version\":42,");
    assertThat(GraphJson.parse(event)).isEqualTo(VIEW);
  }

  private static String link(String json) {
    return json.substring(json.indexOf("{\"helper\""), json.indexOf("},{\"helper\"") + 1);
  }

  @Test
  void noiseIsAGraphOrMalformed() {
    Random random = new Random(7);
    String sound = GraphJson.format(VIEW);
    for (int round = 0; round < 10_000; round++) {
      StringBuilder noise = new StringBuilder(sound);
      for (int flips = 1 + random.nextInt(4); flips > 0 && noise.length() > 0; flips--) {
        int at = random.nextInt(noise.length());
        switch (random.nextInt(3)) {
          case 0 -> noise.setCharAt(at, (char) (32 + random.nextInt(95)));
          case 1 -> noise.deleteCharAt(at);
          default -> noise.setLength(at + 1);
        }
      }
      try {
        GraphJson.parse(noise.toString());
      } catch (MalformedBytesException expected) {
        assertThat(expected).hasMessageNotContaining("\n");
      }
    }
  }
}
