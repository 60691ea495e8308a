// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;
import tollway.netstate.GraphJson;

final class SseReaderTest {
  @Test
  void readsWhatTheServerWrites() throws Exception {
    assertThat(read("event: graph\nid: 7\ndata: {}\n\nevent: tick\ndata:\n\n"))
        .containsExactly(new SseReader.Event("graph", "{}"), new SseReader.Event("tick", ""));
  }

  @Test
  void readsWhatOthersMayWrite() throws Exception {
    assertThat(read("data:a\rdata: b\r\ndata\r\r: hello\r\n\r\nretry:9\nevent:x\n\ndata:  c\n\n"))
        .containsExactly(
            new SseReader.Event("message", "a\nb\n"), new SseReader.Event("message", " c"));
  }

  @Test
  void believesNoEventThatIsCutShort() throws Exception {
    assertThat(read("data: a\n\nevent: graph\ndata: b\n"))
        .containsExactly(new SseReader.Event("message", "a"));
    assertThat(read("")).isEmpty();
  }

  @Test
  void believesNoEventThatIsTooLong() {
    for (String part : List.of("x", "data: x\n", ":\n", "data\n")) {
      assertThatThrownBy(() -> new SseReader(endless(part)).next())
          .as(part)
          .isInstanceOf(MalformedBytesException.class)
          .hasMessageContaining("an event of more than");
    }
  }

  @Test
  void noiseIsGraphsOrMalformed() throws IOException {
    Random random = new Random(11);
    String sound =
        "event: graph\ndata: {\"version\":1,\"nodes\":[{\"id\":\"a\",\"role\":\"desktop\","
            + "\"tag\":\"x\",\"reporting\":true}],\"links\":[]}\n\n";
    for (int round = 0; round < 5_000; round++) {
      byte[] noise = (sound + sound).getBytes(StandardCharsets.UTF_8);
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        noise[random.nextInt(noise.length)] = (byte) random.nextInt(256);
      }
      SseReader reader = new SseReader(new ByteArrayInputStream(noise));
      try {
        for (SseReader.Event event = reader.next(); event != null; event = reader.next()) {
          GraphJson.parse(event.data()).nodes().forEach(node -> assertHarmless(node.tag()));
        }
      } catch (MalformedBytesException expected) {
        assertHarmless(String.valueOf(expected.getMessage()));
      }
    }
  }

  private static void assertHarmless(String text) {
    assertThat(text.chars().noneMatch(Character::isISOControl)).as(text).isTrue();
  }

  private static List<SseReader.Event> read(String stream) throws Exception {
    SseReader reader =
        new SseReader(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)));
    List<SseReader.Event> events = new ArrayList<>();
    for (SseReader.Event event = reader.next(); event != null; event = reader.next()) {
      events.add(event);
    }
    return events;
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead") // Byte by byte is the point.
  private static InputStream endless(String part) {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        return part.charAt(at++ % part.length());
      }
    };
  }
}
