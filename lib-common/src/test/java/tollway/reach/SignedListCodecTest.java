// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

final class SignedListCodecTest {
  private static final Identity ALICE = Identity.ofSeed(Bytes.of(new byte[32]));
  private static final Instant ISSUED = Instant.parse("2026-11-22T12:00:00Z");
  private static final ReachList LIST =
      new ReachList(
          7,
          ISSUED,
          ISSUED.plusSeconds(3600),
          List.of("https://freddie.example/", "https://freddie.example/#front=cdn.example.com"),
          List.of("stun.example:3478", "[2001:db8::1]:3478"));

  /** Frozen: changing it changes the protocol. */
  private static final String GOLDEN =
      "0a203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29127f080710c0b28b"
          + "d80618d0ce8bd806221868747470733a2f2f667265646469652e6578616d706c652f222e68747470733a"
          + "2f2f667265646469652e6578616d706c652f2366726f6e743d63646e2e6578616d706c652e636f6d2a11"
          + "7374756e2e6578616d706c653a333437382a125b323030313a6462383a3a315d3a333437381a40ab3e9b"
          + "6bd429d269d626a4368301781a6af165b81f1b1250029b396ee38c9d273d8f03a6a45f79543943a558de"
          + "3d83df6a84e4ea0224d9368da1423348bbc103";

  @Test
  void readsBackWhatItWrote() throws Exception {
    SignedList signed = SignedListCodec.sign(LIST, ALICE);
    assertThat(SignedListCodec.decode(signed.document())).isEqualTo(signed);
    assertThat(signed.signer()).isEqualTo(ALICE.nodeId());
    assertThat(LIST.routes())
        .containsExactlyElementsOf(
            LIST.freddies().stream().map(URI::create).map(Route::of).toList());
  }

  @Test
  void writesWhatIsFrozen() throws Exception {
    assertThat(SignedListCodec.sign(LIST, ALICE).document().hex()).isEqualTo(GOLDEN);
    assertThat(SignedListCodec.decode(Bytes.ofHex(GOLDEN)).list()).isEqualTo(LIST);
  }

  @Test
  void everyChangeIsNoticed() {
    byte[] document = SignedListCodec.sign(LIST, ALICE).document().toArray();
    for (int i = 0; i < document.length; i++) {
      byte[] forged = document.clone();
      forged[i] ^= 1;
      malformed(Bytes.of(forged), "");
    }
    for (int size = 0; size < document.length; size++) {
      malformed(Bytes.of(document).slice(0, size), "");
    }
  }

  @Test
  void whatIsTooLongIsNotRead() {
    malformed(Bytes.of(new byte[ReachList.SIZE_LIMIT + 1]), "too long");
  }

  @Test
  void theGreatestListFits() throws Exception {
    String freddie = "https://freddie.example/";
    String longest = freddie + "x".repeat(ReachList.TEXT_LIMIT - freddie.length());
    SignedList signed =
        SignedListCodec.sign(
            list(
                Collections.nCopies(ReachList.MOST, longest),
                Collections.nCopies(ReachList.MOST, "s".repeat(253) + ":65535")),
            ALICE);
    assertThat(SignedListCodec.decode(signed.document()).list().freddies()).hasSize(ReachList.MOST);
  }

  @Test
  void senselessListsCannotBeMade() {
    refused(
        "a number above 0",
        () -> new ReachList(0, ISSUED, LIST.expires(), LIST.freddies(), List.of()));
    refused("a life of", () -> new ReachList(1, ISSUED, ISSUED, LIST.freddies(), List.of()));
    refused(
        "a life of",
        () ->
            new ReachList(
                1,
                ISSUED,
                ISSUED.plus(ReachList.LONGEST_LIFE).plusSeconds(1),
                LIST.freddies(),
                List.of()));
    refused("at least one", () -> list(List.of(), List.of()));
    refused("at most 64", () -> list(Collections.nCopies(65, "https://a"), List.of()));
    refused("freddies, and not ftp://a", () -> list(List.of("ftp://a"), List.of()));
    refused("and not https://a/#b", () -> list(List.of("https://a/#b"), List.of()));
    for (String stun : List.of("a", "a:0", "a:65536", "2001:db8::1:3478", "a b:1", "[]:1", ":1")) {
      refused("STUN servers as HOST:PORT", () -> list(List.of(), List.of(stun)));
    }
  }

  @Test
  void noiseIsMalformedAndNothingElse() {
    byte[] document = SignedListCodec.sign(LIST, ALICE).document().toArray();
    Random random = new Random(11);
    for (int i = 0; i < 5000; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      malformed(Bytes.of(noise), "");
      byte[] spliced = document.clone();
      int at = random.nextInt(spliced.length);
      System.arraycopy(noise, 0, spliced, at, Math.min(noise.length, spliced.length - at));
      if (!Bytes.of(spliced).equals(Bytes.of(document))) {
        malformed(Bytes.of(spliced), "");
      }
    }
  }

  private static ReachList list(List<String> freddies, List<String> stun) {
    return new ReachList(1, ISSUED, ISSUED.plusSeconds(60), freddies, stun);
  }

  private static void refused(
      String why, org.assertj.core.api.ThrowableAssert.ThrowingCallable make) {
    assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }

  private static void malformed(Bytes document, String why) {
    assertThatThrownBy(() -> SignedListCodec.decode(document))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(why);
  }
}
