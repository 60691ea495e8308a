// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** What the two ends of a match make of what each other seals, and of what Mallory does to it. */
final class MatchSealTest {
  private static final Identity ALICE = identity(1);
  private static final Identity BOB = identity(2);
  private static final Identity MALLORY = identity(3);
  private static final NodeId EGRESS = identity(4).nodeId();
  private static final long MATCH = 0x0102030405060708L;

  /** Bob's, from RFC 9180 §A.1.1. */
  private static final SealSecret SECRET =
      SealSecret.of(hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"));

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Signal OFFER = new Signal.Description(MATCH, Signal.Kind.OFFER, "v=0");
  private static final Signal ANSWER = new Signal.Description(MATCH, Signal.Kind.ANSWER, "v=1");
  private static final Signal CANDIDATE = new Signal.Candidate(MATCH, "candidate:1");

  /** Frozen: what Alice has said, sealed for Bob, and what he says then. */
  private static final List<String> GOLDEN_ALICE =
      List.of(
          "62be020908070605040302011a2031144b87febebcefa57374f1064b45cfefcf1d676d5939f7d7b4a345"
              + "ceba5378229002956cd614a6b3bf2de7f1e694652562386f00325a5f9ba5741167aa4a8fd0ca40d3fa44"
              + "8339fe8d8f0061ae8d5c7a1a97fbcffa0a049b4bfaa0938e722725d433e21efdc37b783b615b696d1ce4"
              + "1d0d4f96cd25b93223fb6f5802364288f5ea151274dc9c4ca866ff71e5b19553635d5278092b099a40c5"
              + "e449032ee9158b73dd023d268162af4c9984f10fe455cddc6b9b5a9dd89aaf440fd9c8935d47120a821f"
              + "d303ff0f67852a14685125ec4d0029f357ed0769c0ddeea83610b80225c720a6d69a0d9cb1225d69ee5d"
              + "96ee15b80999132feb132cd7cfb5e13b3403d8b3664a2d4bcd9c705d926fda06c19ab96edd0e75d689cb"
              + "651b8e1697a6130795c2825085247a4e5fc8e45a56ef223cef2e60",
          "629e020908070605040302011001229002c76471b22178bdf135f00b6bc65aba79f8e0581c45331826a9"
              + "822bfb5b4bf658493476ac0ab9809fca9bcd04e9954c00d3e7c54a97f6411128cab03ee5ba41a168c1ba"
              + "eaa9f221745bb863987ad9c6e72f950efee74afc22373bb1e7677fa618e7bae331d7865deff8ba8b4d30"
              + "23548bf9649e4a23ebe50e35f6fc30c574bf8cc1856783cbc0f51b6d53237bde4176ecac77472b52414c"
              + "0581670022bab67fbd35e7bb76da44f526b4d12ec960eccc78102d2c75ed8b36bdfc4323255dcc8c652e"
              + "4ff2a9dad6ad64873d2ef3bb4bf8f1cd8b0ddf739e72dad2a7fe187d1e8ede53d84f6aacace1c5a011f7"
              + "e7506da9db31c2c40ab042ac77acad746e4ac93293499b9e64aabb30a04c666ff4df3d4cf9");

  private static final List<String> GOLDEN_BOB =
      List.of(
          "62be020908070605040302011a2000000000000000000000000000000000000000000000000000000000"
              + "00000000229002948e97460818cf4d6eb0156831213290cc1a749781a9a359d5c8ef4cfef6ac6ce9d8c0"
              + "9947a5068927849027b1f7c1563f8fdf21c71b738c53b8f754171ce99362430c8694b84c310d0b2258a8"
              + "2fe33f7a20ef92a9b4509c3e26bc325bcecc981fcc6bcc3822dd9adaa03685f7ddea3b5575f1dd3b40ed"
              + "d4d3c3c8086a593c7060f9d7cbe77bbd5c885ba3cf017382b22323fdbea580167e92780c7bcf9bc3e2b0"
              + "56e2940949e0d1e6403816cefa84da76c182d35ffe5f8492ca8fa98a2a943a95861a86e8bb194e86d7c5"
              + "1a0e790a7552e074c0d574a9e2718fdfb631c7ad0caa97fb957a03a46a2fb80af7c355b9f3efa7e689b0"
              + "df7238fe02901da5d7bbb64d6ba6990a4754f39e884f61d378a1b0",
          "629e020908070605040302011001229002331d21499799434bade6c664b0635c00af57c3f5587323006b"
              + "85a9be15471ac93866b6443a208955dd1cce6c1443f3e9b6064d7f74501430849702eb047a86e935a12e"
              + "aff68acd8120ce6b5bfe50e917845220d45093c5d8d60a21b6652af5bbf1e1ccf415b75571287ea9073b"
              + "0796cb60ea73d2de7eee6d3d71135d12c2d351d1085015827f05bf7d2b86d14be7077b567ef4e88f9c1d"
              + "7eac6f19b42ab9b93f32952c83f420c99fb842fd98cc105aa50e8b6ca0eb722b35cfb7e5731e5953993b"
              + "b69fe3940fce9786ce9577fa32cf2c907ed595e456f1787ea8e1a6cf308e9c4c66a4b50c8984d3efc7f7"
              + "08f1b14f790e8f016f144d8913f14faefdd50ad45354a78bd72a2c5fc96d9919c538fe2e18");

  private final MatchSeal alice = alice(MATCH, BOB.nodeId(), EGRESS, 0);
  private final MatchSeal bob = bob(MATCH, ALICE.nodeId(), EGRESS, 0);

  @Test
  void agreesWithTheVectorsOfRfc9180() throws Exception {
    // §A.1.1, base mode.
    assertThat(SECRET.publicKey(BOB).key().hex())
        .isEqualTo("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
    var context =
        SECRET.context(
            hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
            Bytes.ofUtf8("Ode on a Grecian Urn"));
    assertThat(Bytes.of(context.export(new byte[0], 32)).hex())
        .isEqualTo("3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee");
    assertThat(Bytes.of(context.export(new byte[1], 32)).hex())
        .isEqualTo("2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5");
    assertThat(Bytes.of(context.export(Bytes.ofUtf8("TestContext").toArray(), 32)).hex())
        .isEqualTo("e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931");
  }

  @Test
  void whatIsSealedIsFrozen() throws Exception {
    MatchSeal frozen = bob(MATCH, ALICE.nodeId(), EGRESS, 0, new Zeros());
    assertThat(frozen.open(sealed(GOLDEN_ALICE.get(0)))).isEqualTo(OFFER);
    assertThat(frozen.open(sealed(GOLDEN_ALICE.get(1)))).isEqualTo(CANDIDATE);
    assertThat(SignalingCodec.encode(said(frozen, ANSWER)).hex()).isEqualTo(GOLDEN_BOB.get(0));
    assertThat(SignalingCodec.encode(said(frozen, CANDIDATE)).hex()).isEqualTo(GOLDEN_BOB.get(1));
  }

  @Test
  void bothEndsUnderstandEachOtherAndNothingIsInClear() throws Exception {
    for (int round = 0; round < 20; round++) {
      Signal.Sealed hers = said(alice, OFFER);
      assertThat(hers.text().hex()).doesNotContain(Bytes.ofUtf8("v=0").hex());
      assertThat(hers.opening().size()).isEqualTo(round == 0 ? 32 : 0);
      assertThat(bob.open(hers)).isEqualTo(OFFER);
      Signal.Sealed his = said(bob, ANSWER);
      assertThat(his.text().hex()).doesNotContain(Bytes.ofUtf8("v=1").hex());
      assertThat(his.opening().size()).isEqualTo(round == 0 ? 32 : 0);
      assertThat(alice.open(his)).isEqualTo(ANSWER);
      assertThat(alice.open(said(bob, CANDIDATE))).isEqualTo(CANDIDATE);
    }
  }

  @Test
  void whoIsToldOfAMatchAgainSealsUnderOtherKeys() throws Exception {
    Signal.Sealed offer = said(alice, OFFER);
    MatchSeal again = bob(MATCH, ALICE.nodeId(), EGRESS, 0);
    bob.open(offer);
    again.open(offer);
    Signal.Sealed first = said(bob, ANSWER);
    Signal.Sealed second = said(again, ANSWER);
    assertThat(first.text()).isNotEqualTo(second.text());
    assertThat(alice.open(first)).isEqualTo(ANSWER);
    refuses(alice, second);
  }

  @Test
  void candidatesMayComeBeforeTheOffer() throws Exception {
    assertThat(bob.open(said(alice, CANDIDATE))).isEqualTo(CANDIDATE);
    assertThat(bob.open(said(alice, OFFER))).isEqualTo(OFFER);
  }

  @Test
  void theSameWordIsNeverSealedAlike() {
    assertThat(said(alice, OFFER).text()).isNotEqualTo(said(alice, OFFER).text());
    assertThat(said(alice(MATCH, BOB.nodeId(), EGRESS, 0), OFFER).opening())
        .isNotEqualTo(said(alice(MATCH, BOB.nodeId(), EGRESS, 0), OFFER).opening());
  }

  @Test
  void whatWasSaidBeforeIsRefused() throws Exception {
    Signal.Sealed first = said(alice, OFFER);
    Signal.Sealed second = said(alice, CANDIDATE);
    Signal.Sealed third = said(alice, CANDIDATE);
    bob.open(first);
    refuses(bob, first);
    bob.open(third); // The second is lost.
    refuses(bob, second);
    refuses(bob, first);
    assertThat(bob.open(said(alice, CANDIDATE))).isEqualTo(CANDIDATE);
  }

  @Test
  void whatIsChangedIsRefusedAndTheRestGoesOn() throws Exception {
    Random random = new Random(43);
    bob.open(said(alice, OFFER));
    for (int round = 0; round < 500; round++) {
      Signal.Sealed sound = said(alice, CANDIDATE);
      byte[] text = sound.text().toArray();
      text[random.nextInt(text.length)] ^= (byte) (1 << random.nextInt(8));
      refuses(bob, new Signal.Sealed(MATCH, sound.number(), Bytes.EMPTY, Bytes.of(text)));
      int number = random.nextInt(Signal.MAX_SEALED);
      if (number != sound.number()) {
        refuses(bob, new Signal.Sealed(MATCH, number, Bytes.EMPTY, sound.text()));
      }
      assertThat(bob.open(sound)).isEqualTo(CANDIDATE);
    }
  }

  @Test
  void whatOneHasSaidOneselfIsRefused() throws Exception {
    Signal.Sealed offer = said(alice, OFFER);
    refuses(alice, offer);
    bob.open(offer);
    Signal.Sealed answer = said(bob, ANSWER);
    refuses(bob, new Signal.Sealed(MATCH, 1, answer.opening(), answer.text()));
    assertThat(alice.open(answer)).isEqualTo(ANSWER);
  }

  @Test
  void endsThatWereToldDifferentThingsDoNotUnderstandEachOther() {
    Signal.Sealed offer = said(alice, OFFER);
    NodeId other = MALLORY.nodeId();
    refuses(bob(MATCH + 1, ALICE.nodeId(), EGRESS, 0), offer);
    refuses(bob(MATCH, other, EGRESS, 0), offer);
    refuses(bob(MATCH, ALICE.nodeId(), other, 0), offer);
    refuses(bob(MATCH, ALICE.nodeId(), EGRESS, 1), offer);
    refuses(
        new MatchSeal(
            new Signal.Matched(MATCH, Signal.Role.PRODUCER, ALICE.nodeId(), EGRESS),
            other,
            SECRET,
            RANDOM),
        offer);
  }

  @Test
  void onlyTheProducerUnderstands() {
    SealSecret own = SealSecret.generate(new SecureRandom());
    Signal.Matched matched =
        new Signal.Matched(MATCH, Signal.Role.PRODUCER, ALICE.nodeId(), EGRESS);
    refuses(new MatchSeal(matched, BOB.nodeId(), own, RANDOM), said(alice, OFFER));
  }

  @Test
  void producersAreSpokenToFirst() throws Exception {
    assertThat(bob.seal(ANSWER)).isEmpty();
    said(alice, OFFER); // Lost, and with it what opens the rest.
    refuses(bob, said(alice, CANDIDATE));
    assertThat(bob.seal(ANSWER)).isEmpty();
  }

  @Test
  void whoIsNotUnderstoodFourTimesIsNotHeardAnyMore() throws Exception {
    Signal.Sealed sound = said(alice, OFFER);
    Signal.Sealed forged =
        new Signal.Sealed(MATCH, 0, sound.opening(), Bytes.of(new byte[sound.text().size()]));
    for (int i = 0; i < 3; i++) {
      refuses(bob, forged);
    }
    assertThat(bob.open(sound)).isEqualTo(OFFER);
    Signal.Sealed answer = said(bob, ANSWER);
    for (int i = 0; i < 3; i++) {
      refuses(alice, new Signal.Sealed(MATCH, 0, answer.opening(), forged.text()));
    }
    assertThat(alice.open(answer)).isEqualTo(ANSWER);
    MatchSeal deaf = bob(MATCH, ALICE.nodeId(), EGRESS, 0);
    for (int i = 0; i < 4; i++) {
      refuses(deaf, forged);
    }
    refuses(deaf, sound);
  }

  @Test
  void saysNoMoreThanMayBeSaid() {
    for (int i = 0; i < Signal.MAX_SEALED; i++) {
      assertThat(said(alice, CANDIDATE).number()).isEqualTo(i);
    }
    assertThat(alice.seal(CANDIDATE)).isEmpty();
  }

  @Test
  void otherSignalsAreNotWhatIsSealed() {
    List<Signal> others =
        List.of(
            new Signal.HangUp(MATCH, "bye", true),
            new Signal.Refusal(Signal.Code.STOPPING, 1, "bye"),
            new Signal.Candidate(MATCH + 1, "candidate:1"),
            new Signal.Description(MATCH + 1, Signal.Kind.OFFER, "v=0"),
            said(alice, OFFER));
    for (Signal other : others) {
      MatchSeal fresh = alice(MATCH, BOB.nodeId(), EGRESS, 0);
      refuses(bob(MATCH, ALICE.nodeId(), EGRESS, 0), said(fresh, other));
    }
  }

  @Test
  void theLongestDescriptionIsSealed() throws Exception {
    Signal longest = new Signal.Description(MATCH, Signal.Kind.OFFER, "x".repeat(Signal.MAX_SDP));
    Signal.Sealed sealed = said(alice, longest);
    assertThat(SignalingCodec.encode(sealed).size()).isLessThan(Signal.SIZE_LIMIT);
    assertThat(bob.open(sealed)).isEqualTo(longest);
  }

  @Test
  void lengthsTellLittle() throws Exception {
    for (int length = 0; length <= Signal.MAX_LINE; length++) {
      Signal word = new Signal.Candidate(MATCH, "x".repeat(length));
      MatchSeal fresh = alice(MATCH, BOB.nodeId(), EGRESS, 0);
      Signal.Sealed sealed = said(fresh, word);
      assertThat(sealed.text().size() - 16).isPositive().matches(size -> size % 256 == 0);
      assertThat(bob(MATCH, ALICE.nodeId(), EGRESS, 0).open(sealed)).isEqualTo(word);
    }
  }

  @Test
  void aKeyThatTheProducerHasNotSignedIsNotTrusted() {
    SealKey swapped = SealKey.of(SECRET.publicKey(BOB).key(), MALLORY);
    assertThat(SECRET.publicKey(BOB).isOf(BOB.nodeId())).isTrue();
    assertThat(swapped.isOf(BOB.nodeId())).isFalse();
    assertThat(toAlice(Optional.of(SECRET.publicKey(BOB))).isTrustworthy()).isTrue();
    assertThat(toAlice(Optional.of(swapped)).isTrustworthy()).isFalse();
    assertThat(toAlice(Optional.empty()).isTrustworthy()).isFalse();
  }

  /** RFC 7748 §6.1, and curve25519's other encodings of points of order 1, 2, 4 and 8. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080"
      })
  void keysOfSmallOrderAreRefused(String key) {
    assertThat(SealKey.of(hex(key), BOB).isOf(BOB.nodeId())).isFalse();
    refuses(bob, new Signal.Sealed(MATCH, 0, hex(key), Bytes.of(new byte[40])));
  }

  @Test
  void noiseIsRefused() {
    Random random = new Random(47);
    Signal.Sealed known = said(alice, OFFER);
    for (int round = 0; round < 2000; round++) {
      byte[] text = new byte[16 + random.nextInt(100)];
      byte[] key = new byte[32];
      random.nextBytes(text);
      random.nextBytes(key);
      Bytes opening =
          switch (random.nextInt(3)) {
            case 0 -> Bytes.EMPTY;
            case 1 -> known.opening();
            default -> Bytes.of(key);
          };
      MatchSeal one = bob(MATCH, ALICE.nodeId(), EGRESS, 0);
      refuses(one, new Signal.Sealed(MATCH, random.nextInt(3), opening, Bytes.of(text)));
      refuses(alice, new Signal.Sealed(MATCH, random.nextInt(3), opening, Bytes.of(text)));
    }
  }

  @Test
  void sealsOfOneClientAreBounded() throws Exception {
    MatchSeals seals = new MatchSeals(BOB);
    for (int i = 0; i <= MatchSeals.MOST_MATCHES; i++) {
      seals.begin(new Signal.Matched(i, Signal.Role.PRODUCER, ALICE.nodeId(), EGRESS));
    }
    int last = MatchSeals.MOST_MATCHES;
    assertThat(understood(seals, last)).isFalse();
    assertThat(understood(seals, 5)).isTrue();
    seals.end(5);
    assertThat(understood(seals, 5)).isFalse();
    seals.begin(new Signal.Matched(last, Signal.Role.PRODUCER, ALICE.nodeId(), EGRESS));
    assertThat(understood(seals, last)).isTrue();
    seals.clear();
    assertThat(understood(seals, last)).isFalse();
  }

  private static boolean understood(MatchSeals bobs, long match) {
    MatchSeal alice =
        new MatchSeal(
            new Signal.Matched(
                match,
                Signal.Role.CONSUMER,
                BOB.nodeId(),
                EGRESS,
                0,
                Optional.empty(),
                Optional.of(bobs.publicKey())),
            ALICE.nodeId(),
            SECRET,
            RANDOM);
    return bobs.open(said(alice, new Signal.Candidate(match, ""))).isPresent();
  }

  private static Signal.Matched toAlice(Optional<SealKey> key) {
    return new Signal.Matched(
        MATCH, Signal.Role.CONSUMER, BOB.nodeId(), EGRESS, 0, Optional.empty(), key);
  }

  private static MatchSeal alice(long match, NodeId peer, NodeId egress, int distance) {
    return new MatchSeal(
        new Signal.Matched(
            match,
            Signal.Role.CONSUMER,
            peer,
            egress,
            distance,
            Optional.empty(),
            Optional.of(SECRET.publicKey(BOB))),
        ALICE.nodeId(),
        SealSecret.of(Bytes.of(new byte[32])),
        RANDOM);
  }

  private static MatchSeal bob(long match, NodeId peer, NodeId egress, int distance) {
    return bob(match, peer, egress, distance, RANDOM);
  }

  private static MatchSeal bob(
      long match, NodeId peer, NodeId egress, int distance, SecureRandom random) {
    return new MatchSeal(
        new Signal.Matched(
            match,
            Signal.Role.PRODUCER,
            peer,
            egress,
            distance,
            Optional.empty(),
            Optional.empty()),
        BOB.nodeId(),
        SECRET,
        random);
  }

  private static Signal.Sealed said(MatchSeal by, Signal word) {
    return by.seal(word).orElseThrow();
  }

  private static void refuses(MatchSeal by, Signal.Sealed sealed) {
    assertThatThrownBy(() -> by.open(sealed)).isInstanceOf(MalformedBytesException.class);
  }

  private static Signal.Sealed sealed(String hex) throws MalformedBytesException {
    return (Signal.Sealed) SignalingCodec.decode(hex(hex).toBuffer());
  }

  private static Bytes hex(String hex) {
    try {
      return Bytes.ofHex(hex);
    } catch (MalformedBytesException mistyped) {
      throw new IllegalArgumentException(mistyped);
    }
  }

  private static Identity identity(int name) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) name;
    return Identity.ofSeed(Bytes.of(seed));
  }

  /** So that Bob says the same in every run. */
  private static final class Zeros extends SecureRandom {
    private static final long serialVersionUID = 1;

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
