// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.bytes.MalformedBytesException;

final class ScenarioReaderTest {
  private static final Path RESOURCES = Path.of("src/main/resources/tollway/scrooge/lab");

  private static final String SOUND =
      """
      {"name": "it", "about": "It holds",
       "topology": {"shape": "star", "nodes": 3, "mallory": 1},
       "nodes": {"1": {"share": 20, "weights": {"2": 3, "3": 1}}},
       "limit": 60,
       "steps": [{"step": "start", "nodes": [1, 2]}, {"step": "replay", "times": 2}]}
      """;

  private static Scenario read(String text) throws MalformedBytesException {
    return ScenarioReader.read("it.json", text, OptionalInt.empty());
  }

  @Test
  void readsWhatIsWritten() throws Exception {
    Scenario scenario = read(SOUND);
    assertThat(scenario.name()).isEqualTo("it");
    assertThat(scenario.topology().links())
        .containsExactly(Topology.line(2).get(0), java.util.List.of(1, 3));
    assertThat(scenario.settings().get(1)).isNotNull();
    assertThat(scenario.settings().get(1).weights()).containsEntry(2, 3).containsEntry(3, 1);
    assertThat(scenario.steps())
        .containsExactly(new Step.Start(java.util.List.of(1, 2), 120), new Step.Replay(6, 2));
  }

  @Test
  void everyScenarioThatComesWithScroogeIsSound() throws Exception {
    for (String name : Scenarios.NAMES) {
      assertThat(Scenarios.find(name, OptionalInt.empty()).name()).isEqualTo(name);
    }
    try (Stream<Path> files = Files.list(RESOURCES)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
          .containsExactlyInAnyOrderElementsOf(Scenarios.NAMES);
    }
  }

  /** {@code scripts/core} refuses the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          "it"               | "It"                  | name is not made of a-z, 0-9 and -
          "about"            | "abuot"               | about is missing
          "limit": 60        | "limit": "60"         | limit is not a whole number from 1 to 3600
          "limit": 60        | "limit": 6e1          | limit is not a whole number from 1 to 3600
          "limit": 60        | "limit": 0            | limit is not a whole number from 1 to 3600
          "limit": 60        | "limt": 1, "limit": 60  | limt is not a field that is known here
          "limit": 60        | "limit": 60, "limit": 60 | 'limit' is there twice
          "star"             | "blob"                | topology.shape is not one of line, ring, star, grid, hub, links
          "nodes": 3         | "nodes": 1            | topology.nodes is not a whole number from 2 to 48
          "mallory": 1       | "mallory": 3          | topology.mallory is not a whole number from 1 to 2
          , "mallory": 1     |                       | steps[1].step needs topology.mallory, who does it
          {"1": {            | {"4": {               | nodes.4 is no node from 1 to 3
          "share": 20        | "share": 20.5         | nodes.1.share is not a whole number from 1 to 1000
          {"2": 3            | {"x": 3               | nodes.1.weights.x is no node from 1 to 3
          [1, 2]             | [1, 1]                | steps[0].nodes[1] is there twice
          [1, 2]             | [4]                   | steps[0].nodes[0] is not a whole number from 1 to 3
          [1, 2]             | []                    | steps[0].nodes is not a list of 1 to 3
          "times"            | "tmies"               | steps[1].tmies is not a field that is known here
          "replay"           | "play"                | steps[1].step is not one of start, converge, reach, bypass, restart, kill, spoof, replay, flood, split, stop
          "star", "nodes": 3 | "links", "nodes": 3, "links": [[1, 2]] | topology.links leave a node alone
          "star", "nodes": 3 | "links", "nodes": 3, "links": [[1, 2], [1]] | topology.links[1] is not a list of 2 to 3
          """)
  void refusesInOneLineThatNamesTheField(String old, String replacement, String line) {
    String text = SOUND.replace(old, replacement == null ? "" : replacement);
    assertThat(text).isNotEqualTo(SOUND);
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessage("it.json: " + line);
  }

  @Test
  void refusesWhatIsNotJson() {
    for (String text :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          SOUND + "x",
          SOUND.replace("60", "sixty"),
          SOUND.replace("60", "060"),
          "{'a': 1}"
        }) {
      assertThatThrownBy(() -> read(text))
          .isInstanceOf(MalformedBytesException.class)
          .hasMessageStartingWith("it.json: ")
          .message()
          .hasLineCount(1);
    }
  }

  @Test
  void takesAnotherNumberOfNodesWhereTheShapeLetsIt() throws Exception {
    Scenario hub = Scenarios.find("hub", OptionalInt.of(4));
    assertThat(hub.topology().nodes()).isEqualTo(4);
    assertThatThrownBy(() -> Scenarios.find("restart", OptionalInt.of(1)))
        .hasMessage("restart.json: topology.nodes cannot be 1 with this shape");
  }

  @Test
  void noiseEndsInAScenarioOrALine() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] text = SOUND.getBytes(StandardCharsets.UTF_8);
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        text[random.nextInt(text.length)] = (byte) (' ' + random.nextInt(95));
      }
      String noise = new String(text, StandardCharsets.UTF_8);
      try {
        Scenario scenario =
            read(
                noise.substring(
                    0, random.nextInt(4) == 0 ? random.nextInt(noise.length()) : noise.length()));
        assertThat(scenario.name().toLowerCase(Locale.ROOT)).isEqualTo(scenario.name());
      } catch (MalformedBytesException refused) {
        assertThat(refused.getMessage()).startsWith("it.json: ").hasLineCount(1);
      }
    }
  }
}
