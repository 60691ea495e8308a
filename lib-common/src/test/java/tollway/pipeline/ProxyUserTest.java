// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

final class ProxyUserTest {
  private final ProxyUser alice = ProxyUser.parse("alice:a:\u00fc b");

  @Test
  void onlyTheRightPairIsAdmitted() {
    assertThat(alice.is("alice", "a:\u00fc b")).isTrue();
    assertThat(alice.is("alice:a", "\u00fc b")).as("the colon moved").isFalse();
    assertThat(alice.is("alice", "a:\u00fc")).isFalse();
    assertThat(alice.is("", "")).isFalse();
    assertThat(alice.is(basic("Basic ", "alice:a:\u00fc b"))).isTrue();
    assertThat(alice.is(basic("bAsIc   ", "alice:a:\u00fc b"))).isTrue();
    assertThat(alice.is(basic("Basic ", "alice:wrong"))).isFalse();
    assertThat(alice.is(basic("Digest ", "alice:a:\u00fc b"))).isFalse();
    for (String wrong : new String[] {null, "", "Basic", "Basic ", "Basic !", "Basic YQ"}) {
      assertThat(alice.is(wrong)).as(wrong).isFalse();
    }
  }

  @Test
  void whatIsNoUserAndPasswordIsRefused() {
    for (String wrong :
        new String[] {"", "alice", ":secret", "alice:", "a:b\nc:d", "a:" + "b".repeat(256)}) {
      assertThatThrownBy(() -> ProxyUser.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("USER:PASSWORD");
    }
  }

  @Test
  void thePasswordIsNotPrinted() {
    assertThat(alice.toString()).doesNotContain("alice");
    assertThat(new SocksCodec.Credentials("a", "secret").toString()).doesNotContain("secret");
  }

  private static String basic(String scheme, String both) {
    return scheme + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }
}
