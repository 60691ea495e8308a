// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tollway.log.LogFormat;
import tollway.log.LogOutput;

final class StandardErrorWriterTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.US_ASCII);
  private final StandardErrorWriter err = new StandardErrorWriter(stream);

  @AfterEach
  void asItWas() {
    LogOutput.use(LogFormat.TEXT);
  }

  private List<JsonObject> said() {
    return bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  @Test
  void textIsAsItIsGiven() {
    err.println("desktop: naïve");
    err.printf("%d %s%n", 5, "people");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("desktop: naïve\n5 people\n");
  }

  @Test
  void eachWordIsAnObjectWithWhoSaysIt() {
    LogOutput.use(LogFormat.JSON);
    err.println("desktop: warning: whoever\nreaches \u001b[31m it");
    err.println((Object) "freddie: the certificate read again");
    err.printf("widget: in the last hour %d %s%n", 5, "people");
    err.println("http://not-a-name: 5");
    err.println();
    assertThat(said()).extracting(line -> line.get("level").getAsString()).startsWith("WARN");
    assertThat(said())
        .extracting(line -> line.get("logger").getAsString())
        .containsExactly("desktop", "freddie", "widget", "");
    assertThat(said())
        .extracting(line -> line.get("message").getAsString())
        .containsExactly(
            "whoever\nreaches \u001b[31m it",
            "the certificate read again",
            "in the last hour 5 people",
            "http://not-a-name: 5");
  }

  @Test
  void theLibrariesOfTheProcessSayItAlike() {
    PrintStream before = System.err;
    System.setErr(stream);
    LogOutput.use(LogFormat.JSON);
    try {
      LoggerFactory.getLogger("tollway.test")
          .warn("from {}", "Ω\n", new IllegalStateException("x"));
    } finally {
      System.setErr(before);
    }
    JsonObject line = said().get(0);
    assertThat(said()).hasSize(1);
    assertThat(line.get("message").getAsString()).isEqualTo("from Ω\n");
    assertThat(line.get("logger").getAsString()).isEqualTo("tollway.test");
    assertThat(line.get("error").getAsString()).contains("IllegalStateException: x");
    assertThat(line.get("time").getAsString()).endsWith("Z");
  }
}
