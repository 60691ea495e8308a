// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

final class InviteCodecTest {
  private static final Identity EGRESS = Identity.ofSeed(Bytes.of(new byte[32]));

  private static final Invite INVITE =
      new Invite(
          EGRESS.nodeId(),
          List.of(URI.create("wss://exit.example/x"), URI.create("ws://[2001:db8::1]:8470")),
          List.of(URI.create("https://freddie.example")),
          List.of("stun.example:3478"),
          Optional.of("sixteen-letters-"));

  /** Frozen: changing it makes every invite in circulation worthless. */
  private static final String GOLDEN =
      "tollway1:CiA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKRIUd3NzOi8vZXhpdC5leGFtcGx"
          + "lL3gSF3dzOi8vWzIwMDE6ZGI4OjoxXTo4NDcwGhdodHRwczovL2ZyZWRkaWUuZXhhbXBsZSIRc3R1bi5"
          + "leGFtcGxlOjM0NzgqEHNpeHRlZW4tbGV0dGVycy3JIXKZ";

  @Test
  void invitesSurviveText() throws Exception {
    assertThat(InviteCodec.decode(InviteCodec.encode(INVITE))).isEqualTo(INVITE);
  }

  @Test
  void invitesHaveTheirFrozenForm() {
    assertThat(InviteCodec.encode(INVITE)).isEqualTo(GOLDEN);
  }

  @Test
  void freddiesMayHaveFrontsAndEgressesNot() throws Exception {
    URI fronted = URI.create("https://freddie.example/#front=cdn.example:8443");
    Invite by =
        new Invite(
            EGRESS.nodeId(), INVITE.egressUrls(), List.of(fronted), List.of(), Optional.empty());
    assertThat(InviteCodec.decode(InviteCodec.encode(by))).isEqualTo(by);
    assertThat(Invite.isFreddieUrl(URI.create("https://freddie.example/#cdn"))).isFalse();
    assertThat(Invite.isEgressUrl(URI.create("wss://exit.example/#front=cdn"))).isFalse();
  }

  @Test
  void whiteSpaceFromMailIsForgiven() throws Exception {
    String text = InviteCodec.encode(INVITE);
    String mailed = "  " + text.substring(0, 50) + "\r\n  " + text.substring(50) + "\n";
    assertThat(InviteCodec.decode(mailed)).isEqualTo(INVITE);
  }

  @Test
  void oneWrongLetterIsNoticed() {
    String text = InviteCodec.encode(INVITE);
    for (int i = "tollway1:".length(); i < text.length(); i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';
      String slip = text.substring(0, i) + other + text.substring(i + 1);
      assertThatThrownBy(() -> InviteCodec.decode(slip))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void whatIsCutShortIsNoticed() {
    String text = InviteCodec.encode(INVITE);
    for (int size = 0; size < text.length(); size++) {
      String cut = text.substring(0, size);
      assertThatThrownBy(() -> InviteCodec.decode(cut)).isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void noiseIsAnInviteOrMalformedAndNothingElse() {
    Random random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      String text =
          "tollway1:" + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
      assertThatThrownBy(() -> InviteCodec.decode(text))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void theTokenIsNeverPrinted() {
    assertThat(INVITE.toString()).doesNotContain("sixteen");
  }
}
