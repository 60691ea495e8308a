// SPDX-License-Identifier: Apache-2.0
package tollway.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

final class LogRecordTest {
  private static final Instant AT = Instant.parse("2026-11-22T14:00:00.120456Z");

  private static LogRecord record(String message) {
    return new LogRecord(AT, Level.WARN, "tollway.Some", "main", message, null);
  }

  /** What a program reads that is strict about UTF-8 and JSON; the line ends where it says. */
  private static JsonObject strictly(String line) throws IOException {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    JsonObject read = new JsonObject();
    try (JsonReader reader =
        new JsonReader(
            new InputStreamReader(
                new ByteArrayInputStream(bytes),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)))) {
      reader.beginObject();
      while (reader.hasNext()) {
        read.addProperty(reader.nextName(), reader.nextString());
      }
      reader.endObject();
      assertThat(reader.peek()).isEqualTo(JsonToken.END_DOCUMENT);
    } catch (CharacterCodingException wrong) {
      throw new AssertionError(line, wrong);
    }
    return read;
  }

  @Test
  void looksLikeThis() {
    // Golden: whoever collects logs depends on it.
    assertThat(record("it is \"late\"").json())
        .isEqualTo(
            "{\"time\":\"2026-11-22T14:00:00.120Z\",\"level\":\"WARN\",\"logger\":\"tollway.Some\","
                + "\"thread\":\"main\",\"message\":\"it is \\\"late\\\"\"}\n");
    assertThat(record("it is late").text())
        .isEqualTo("2026-11-22T14:00:00.120Z [main] WARN tollway.Some - it is late\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n{\"level\":\"ERROR\",\"message\":\"forged\"}\n",
        "\r\n\t\b\f\0\u007f",
        "\u001b[2J\u001b]0;owned\u0007 \u009b31m",
        "\"},{\"a\":\"\\",
        "\u2028\u2029\u202e txt.exe \u2066 \ufeff \u200b",
        "naïve Ω 漢字 \ud83d\ude00 \udbff\udfff"
      })
  void whateverIsSaidStaysInItsField(String message) throws Exception {
    String line = record(message).json();
    assertThat(strictly(line).get("message").getAsString()).isEqualTo(message);
    assertThat(line.strip().chars()).noneMatch(c -> c < 0x20 || (c >= 0x7f && c < 0xa0));
    assertThat(line).doesNotContain("\u202e", "\u2028", "\ufeff");
  }

  @Test
  void halfCharactersAndLongOnesAreMadeFit() throws Exception {
    assertThat(strictly(record("a\ud800b\udc00").json()).get("message").getAsString())
        .isEqualTo("a\ufffdb\ufffd");
    String cut = strictly(record("x".repeat(100_000)).json()).get("message").getAsString();
    assertThat(cut).hasSize(LogRecord.LONGEST + 1).endsWith("x…");
    LogRecord bug =
        new LogRecord(AT, Level.ERROR, "l\"", "t\n", "m", new IllegalStateException("w\nhy"));
    assertThat(strictly(bug.json()).get("error").getAsString())
        .startsWith("java.lang.IllegalStateException: w\nhy\n\tat tollway.log.");
  }

  @Test
  void fuzz() throws Exception {
    Random random = new Random(17);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(
            (char)
                switch (random.nextInt(4)) {
                  case 0 -> random.nextInt(0x20);
                  case 1 -> 0xd800 + random.nextInt(0x800);
                  case 2 -> "\"\\{}:,\u2028".charAt(random.nextInt(7));
                  default -> random.nextInt(0x10000);
                });
      }
      assertThat(strictly(record(text.toString()).json()).size()).isEqualTo(5);
    }
  }

  @Test
  void strangersDoNotMakeLibrariesChatter() {
    assertThat(LogProvider.level("tollway.x.Y")).isEqualTo(Level.INFO);
    assertThat(LogProvider.level("io.netty.resolver.dns.DnsNameResolver")).isEqualTo(Level.ERROR);
    System.setProperty("tollway.log.tollway.x", "debug");
    try {
      assertThat(LogProvider.level("tollway.x.Y")).isEqualTo(Level.DEBUG);
      assertThat(LogProvider.level("tollway.xy")).isEqualTo(Level.INFO);
    } finally {
      System.clearProperty("tollway.log.tollway.x");
    }
    Logger logger = LoggerFactory.getLogger("tollway.x.Y");
    assertThat(logger).isInstanceOf(LineLogger.class);
    assertThat(logger.isDebugEnabled()).isFalse();
    assertThat(logger.isWarnEnabled()).isTrue();
  }
}
