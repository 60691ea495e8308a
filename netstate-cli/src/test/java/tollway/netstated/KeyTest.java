// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jline.utils.NonBlocking;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.Test;

final class KeyTest {
  @Test
  void knowsWhatTerminalsSend() throws IOException {
    assertThat(keys("\u001b[A\u001bOB\u001b[5~\u001b[6~\u001b[H\u001b[4~jk \fx\u001b[1;5CGq"))
        .containsExactly(
            Key.UP,
            Key.DOWN,
            Key.PAGE_UP,
            Key.PAGE_DOWN,
            Key.HOME,
            Key.END,
            Key.DOWN,
            Key.UP,
            Key.PAGE_DOWN,
            Key.REDRAW,
            Key.OTHER,
            Key.OTHER,
            Key.END,
            Key.QUIT);
  }

  @Test
  void quitsWhenTheTerminalIsGoneAndOnControlC() throws IOException {
    assertThat(keys("")).containsExactly(Key.QUIT);
    assertThat(keys("\u0003")).containsExactly(Key.QUIT);
    assertThat(keys("\u001b[")).containsExactly(Key.OTHER, Key.QUIT);
  }

  @Test
  void noiseEndsInKeys() throws IOException {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      StringBuilder noise = new StringBuilder();
      for (int length = random.nextInt(40); length > 0; length--) {
        noise.append((char) (random.nextInt(3) == 0 ? 27 : random.nextInt(128)));
      }
      assertThat(keys(noise.toString())).endsWith(Key.QUIT);
    }
  }

  private static List<Key> keys(String typed) throws IOException {
    try (NonBlockingReader reader = NonBlocking.nonBlocking("typed", new StringReader(typed))) {
      List<Key> keys = new ArrayList<>();
      do {
        keys.add(Key.read(reader));
      } while (keys.get(keys.size() - 1) != Key.QUIT);
      return keys;
    }
  }
}
