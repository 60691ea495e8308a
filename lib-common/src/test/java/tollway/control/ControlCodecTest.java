// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;

final class ControlCodecTest {
  private static final String QUESTION = "{\"command\":\"show\",\"arguments\":{\"key\":\"a\"}}\n";

  @Test
  void questionsAreWhatTheyWere() throws Exception {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("key", "a");
    ControlQuestion question = new ControlQuestion("show", arguments);
    assertThat(ControlCodec.encode(question)).isEqualTo(QUESTION);
    assertThat(ControlCodec.decodeQuestion(QUESTION)).isEqualTo(question);
  }

  @Test
  void answersAreWhatTheyWere() throws Exception {
    JsonObject result = new JsonObject();
    result.addProperty("n", 1);
    assertThat(ControlCodec.result(result)).isEqualTo("{\"result\":{\"n\":1}}\n");
    assertThat(ControlCodec.refusal(3, "no")).isEqualTo("{\"error\":\"no\",\"code\":3}\n");
    assertThat(ControlCodec.decodeAnswer(ControlCodec.result(result))).isEqualTo(result);
  }

  @Test
  void noiseIsAQuestionOrMalformed() {
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      char[] line = QUESTION.toCharArray();
      for (int i = random.nextInt(6); i >= 0; i--) {
        line[random.nextInt(line.length)] = (char) random.nextInt(0x100);
      }
      try {
        ControlCodec.decodeQuestion(new String(line));
      } catch (MalformedBytesException expected) {
        refused++;
      }
      try {
        ControlCodec.decodeAnswer(new String(line));
      } catch (MalformedBytesException | ControlRefusedException expected) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(20_000);
  }
}
