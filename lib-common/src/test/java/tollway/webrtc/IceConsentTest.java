// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/** Nobody is sent to who does not want it, whatever the peer says (RFC 7675, RFC 8445 §19.5.1). */
final class IceConsentTest {
  private static final InetSocketAddress VICTIM = IceNet.address("203.0.113.66", 53);

  private final IceNet net = new IceNet(3);
  private final IceNet.Node alice =
      net.new Node("Alice", IceConfig.defaults(), IceRole.CONTROLLING);
  private final IceNet.Node mallory =
      net.new Node("Mallory", IceConfig.defaults(), IceRole.CONTROLLED);
  private final IceBase home = alice.base("192.0.2.1");

  /** A check that Alice must take for Mallory's, from wherever she says. */
  private void checkFrom(InetSocketAddress source) {
    StunMessage check =
        StunMessage.request(
            StunMessage.newTransactionId(net.random),
            new StunAttribute.Username(
                alice.credentials.ufrag() + ":" + mallory.credentials.ufrag()),
            new StunAttribute.Priority(0x7fff_ffffL),
            new StunAttribute.IceControlled(1));
    alice.checks.onStun(
        home, source, StunCodec.encode(check, Bytes.ofUtf8(alice.credentials.password())));
  }

  @Test
  void aPeerThatAsksAndTalksButNoLongerAnswersIsLeftWithinThirtySeconds() {
    IceBase hers = mallory.base("192.0.2.2");
    net.introduce(alice, mallory);
    net.advance(500);
    assertThat(alice.active()).isPresent();

    mallory.close();
    int seconds = 0;
    while (alice.failures.isEmpty()) {
      assertThat(++seconds).as("seconds without consent").isLessThan(30);
      for (int i = 0; i < 10; i++) {
        checkFrom(hers.address());
        net.advance(100);
      }
    }
    assertThat(alice.active()).isEmpty();
    int sent = alice.sentAt.size();
    checkFrom(hers.address());
    net.advance(60_000);
    assertThat(alice.sentAt).hasSize(sent);
  }

  @Test
  void anAddressThatNeverAnswersIsNeverUsed() {
    alice.checks.remoteCredentials(mallory.credentials);
    for (int i = 0; i < 500; i++) {
      alice.checks.addRemote(
          new IceCandidate(
              IceCandidate.Type.HOST,
              "1",
              0x7fff_ffffL,
              new InetSocketAddress(VICTIM.getAddress(), 1 + i),
              Optional.empty()));
    }
    net.advance(120_000);
    assertThat(alice.activated).isEmpty();
    assertThat(alice.failures).hasSize(1);
    // 64 addresses at the most, seven times each: what a peer can make us send, in all.
    assertThat(alice.sentAt.size()).isLessThanOrEqualTo(64 * 7);
  }

  @Test
  void aForgedSourceIsAskedButNotUsed() {
    alice.checks.remoteCredentials(mallory.credentials);
    for (int i = 0; i < 100; i++) {
      checkFrom(VICTIM);
      net.advance(100);
    }
    assertThat(alice.active()).isEmpty();
    assertThat(alice.activated).isEmpty();
    // For each forged check an answer, a question and its repetition: nobody gains by us.
    assertThat(alice.sentAt.size()).isLessThanOrEqualTo(3 * 100);
  }

  @Test
  void anAnswerThatSomebodyElseSignedIsNoConsent() {
    IceBase hers = mallory.base("192.0.2.2");
    net.introduce(alice, mallory);
    net.advance(500);
    mallory.close();
    IceCredentials stranger = IceCredentials.random(net.random);
    for (int i = 0; i < 300 && alice.failures.isEmpty(); i++) {
      StunMessage answer =
          StunMessage.request(StunMessage.newTransactionId(net.random))
              .success(new StunAttribute.XorMappedAddress(home.address()));
      alice.checks.onStun(
          home, hers.address(), StunCodec.encode(answer, Bytes.ofUtf8(stranger.password())));
      net.advance(100);
    }
    assertThat(alice.failures).hasSize(1);
  }
}
