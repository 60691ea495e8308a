// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

@DisplayName("P10: whom the operator trusts")
final class TrustTest {
  private static final NodeId ALICE = node(1);
  private static final NodeId BOB = node(2);
  private static final NodeId MALLORY = node(3);

  private static NodeId node(int number) {
    return Identity.ofSeed(Bytes.of(new byte[31]).plus(Bytes.of((byte) number))).nodeId();
  }

  private static TrustRule rule(NodeId node, Standing standing) {
    return new TrustRule(node, "", standing);
  }

  @Test
  void openIsAnybodyButTheBlocked() {
    TrustPolicy policy = TrustPolicy.of(TrustMode.OPEN, List.of(rule(MALLORY, Standing.BLOCKED)));
    assertThat(policy.welcomes(ALICE, "eth0")).isTrue();
    assertThat(policy.welcomes(MALLORY, "eth0")).isFalse();
    assertThat(policy.blocks(MALLORY)).isTrue();
  }

  @Test
  void pinnedIsWhomTheOperatorNamed() {
    TrustPolicy policy =
        TrustPolicy.of(
            TrustMode.PINNED,
            List.of(
                rule(ALICE, Standing.PINNED),
                new TrustRule(BOB, "eth0", Standing.ALLOWED),
                rule(MALLORY, Standing.BLOCKED)));
    assertThat(policy.welcomes(ALICE, "eth1")).isTrue();
    assertThat(policy.keeps(ALICE, "eth1")).isTrue();
    assertThat(policy.welcomes(BOB, "eth0")).isTrue();
    assertThat(policy.welcomes(BOB, "eth1")).isFalse();
    assertThat(policy.keeps(BOB, "eth0")).isFalse();
    assertThat(policy.welcomes(node(4), "eth0")).isFalse();
    assertThat(policy.blocks(node(4))).isFalse();
  }

  @Test
  void offIsNobody() {
    TrustPolicy policy = TrustPolicy.of(TrustMode.OFF, List.of(rule(ALICE, Standing.PINNED)));
    assertThat(policy.speaks()).isFalse();
    assertThat(policy.welcomes(ALICE, "eth0")).isFalse();
    assertThat(policy.keeps(ALICE, "eth0")).isFalse();
  }

  @Test
  void theStrongestRuleForAKeyPrevailsWhereverItIsFrom() {
    TrustBook book = new TrustBook(TrustMode.OPEN);
    book.list("blocked.txt", List.of(rule(MALLORY, Standing.BLOCKED)));
    book.list("pinned.txt", List.of(rule(ALICE, Standing.PINNED)));
    book.say(rule(MALLORY, Standing.PINNED));
    book.say(new TrustRule(ALICE, "eth0", Standing.PINNED));
    assertThat(book.policy().blocks(MALLORY)).isTrue();
    assertThat(book.judgement(MALLORY).orElseThrow().by()).isEqualTo("blocked.txt");
    assertThat(book.judgement(ALICE).orElseThrow().rule().link()).isEqualTo("eth0");
    book.takeBack(ALICE);
    assertThat(book.judgement(ALICE).orElseThrow().by()).isEqualTo("pinned.txt");
    book.list("blocked.txt", List.of());
    assertThat(book.policy().keeps(MALLORY, "eth0")).isTrue();
    assertThat(book.judgement(BOB)).isEmpty();
    assertThat(book.nodes()).containsExactlyInAnyOrder(MALLORY, ALICE);
  }

  @Test
  void aListHasAKeyALineAndComments(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("list");
    Files.writeString(
        file, "# my own\n\n" + ALICE + "\n  " + BOB + "%eth0  # at the wall\r\n#" + MALLORY);
    assertThat(TrustList.read(file, Standing.ALLOWED))
        .containsExactly(
            rule(ALICE, Standing.ALLOWED), new TrustRule(BOB, "eth0", Standing.ALLOWED));
  }

  @Test
  void aFaultInAListNamesItsLine() {
    assertThatThrownBy(() -> TrustList.parse("list", ALICE + "\nabc\n", Standing.PINNED))
        .hasMessage("list:2: 'abc' is not a public key");
    assertThatThrownBy(() -> TrustList.parse("list", ALICE + "%\n", Standing.PINNED))
        .hasMessage("list:1: '' is not the name of an interface");
    assertThatThrownBy(() -> TrustList.parse("list", ALICE + "%a/b\n", Standing.PINNED))
        .hasMessage("list:1: 'a/b' is not the name of an interface");
    assertThatThrownBy(() -> TrustList.parse("list", ALICE + "%eth0\n", Standing.BLOCKED))
        .hasMessage("list:1: a key is blocked on every interface: leave out %eth0");
    assertThatThrownBy(
            () -> TrustList.parse("list", (ALICE + "\n").repeat(10_001), Standing.BLOCKED))
        .hasMessage("list has more than 10000 keys");
  }

  @Test
  void noiseIsAListOrRefused() {
    Random random = new Random(10);
    String sound = ALICE + "%eth0 # x\n" + BOB + "\n";
    for (int round = 0; round < 5_000; round++) {
      StringBuilder noise = new StringBuilder(sound);
      for (int i = random.nextInt(4); i >= 0; i--) {
        noise.setCharAt(random.nextInt(noise.length()), (char) random.nextInt(256));
      }
      try {
        for (TrustRule rule : TrustList.parse("list", noise.toString(), Standing.ALLOWED)) {
          assertThat(TrustRule.parse(rule.place(), rule.standing())).isEqualTo(rule);
        }
      } catch (MalformedBytesException refused) {
        assertThat(refused.getMessage()).startsWith("list:");
      }
    }
  }
}
