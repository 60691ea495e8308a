// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators say of their NATS servers, and what they say wrong. */
final class NatsServersTest {
  @Test
  void aListHasCommas() {
    assertThat(NatsServers.parse("nats://a:1,NATS://b, c:3,nats://[::1]:4").urls())
        .containsExactly("nats://a:1", "nats://b:4222", "nats://c:3", "nats://[::1]:4");
    assertThat(NatsServers.parse("nats://a").isSecure()).isFalse();
    assertThat(NatsServers.parse("tls://a,b/").isSecure()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nats",
        "nats://",
        "a:4222",
        "http://a",
        "nats://a:0",
        "nats://a:70000",
        "nats://a/b",
        "nats://a?x",
        "nats://a,,nats://b",
        "nats://a b",
        "nats://a,tls://b"
      })
  void whatIsNoServerIsRefusedInOneLine(String wrong) {
    assertThatThrownBy(() -> NatsServers.parse(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("[^\n]+");
  }

  @Test
  void secretsAreRefusedAndNotRepeated() {
    for (String url :
        new String[] {"nats://freddie:hunter2@a:4222", "nats://hunter2@a", "tls://b,u:hunter2@c"}) {
      assertThatThrownBy(() -> NatsServers.parse(url))
          .hasMessageContaining("password")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void whatIsNoLoginIsRefusedWithoutItsSecrets() {
    for (String text :
        new String[] {
          "",
          "user = a",
          "user = a\npassword = hunter2\ntoken = hunter2",
          "token = a\ntoken = hunter2",
          "hunter2",
          "-----BEGIN NATS USER JWT-----\nhunter2\n------END NATS USER JWT------\n",
          "secret = hunter2"
        }) {
      assertThatThrownBy(() -> NatsLogin.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void noNoiseIsMoreThanRefused() {
    Random random = new Random(3);
    String letters = "nats://:@,.[]%0159=\n \tü";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder noise = new StringBuilder(random.nextBoolean() ? "nats://" : "");
      for (int length = random.nextInt(40); length > 0; length--) {
        noise.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        assertThat(NatsServers.parse(noise.toString()).urls()).isNotEmpty();
        NatsLogin.parse(noise.toString());
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageMatching("[^\n]+");
      }
    }
  }
}
