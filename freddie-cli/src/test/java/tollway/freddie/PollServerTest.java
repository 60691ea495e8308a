// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.lab.Await;
import tollway.signaling.Poll;
import tollway.signaling.PollAnswer;
import tollway.signaling.PollCodec;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/** Clients without a WebSocket: what works, and what Mallory tries. */
final class PollServerTest {
  private static final Signal NOTHING = new Signal.HangUp(1, "there is no such match", false);

  private Town town;

  @BeforeEach
  void openTown() throws Exception {
    town = new Town();
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @Test
  void twoWhoPollAreIntroduced() throws Exception {
    try (PollClient volunteer = PollClient.proved(town.address());
        PollClient alice = PollClient.proved(town.address())) {
      volunteer.say(volunteer.slots(1, Town.EGRESS));
      alice.wishes(1, Town.EGRESS);
      Signal.Matched hers = (Signal.Matched) alice.hear();
      Signal.Matched his = (Signal.Matched) volunteer.hear();
      assertThat(hers.peer()).isEqualTo(volunteer.nodeId());
      assertThat(his.peer()).isEqualTo(alice.nodeId());
      Signal.Sealed offer = sealed(hers.match(), 12_000);
      alice.say(offer);
      assertThat(volunteer.hear()).isEqualTo(offer);
      volunteer.say(sealed(hers.match(), 20));
      assertThat(alice.hear()).isEqualTo(sealed(hers.match(), 20));
      assertThat(alice.ask(alice.leaving()).status()).isEqualTo(200);
      assertThat(((Signal.HangUp) volunteer.hear()).match()).isEqualTo(hers.match());
      assertThat(alice.ask(alice.next(0)).status()).isEqualTo(404);
    }
  }

  @Test
  void whoPollsMeetsWhoDoesNot() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    volunteer.connected();
    try (PollClient alice = PollClient.proved(town.address())) {
      // While one request is held, another says something, and the first hears what comes of it.
      Socket parked = alice.park(alice.next(20));
      alice.wishes(1, Town.EGRESS);
      PollAnswer answer = PollClient.reply(parked).answer();
      alice.read(answer);
      Signal.Matched match = (Signal.Matched) alice.hear();
      assertThat(match.peer()).isEqualTo(volunteer.nodeId());
      assertThat(volunteer.hears(Signal.Matched.class).peer()).isEqualTo(alice.nodeId());
      alice.say(new Signal.HangUp(match.match(), "enough", false));
      assertThat(volunteer.hears(Signal.HangUp.class).why()).isEqualTo("enough");
    }
  }

  @Test
  void answersAreForNobodyElseAndHaveTheirLength() throws Exception {
    try (PollClient alice = new PollClient(town.address())) {
      PollClient.Reply reply = alice.ask(Poll.BEGIN);
      assertThat(reply.headers())
          .containsEntry("cache-control", "no-store")
          .containsEntry("access-control-allow-origin", "*")
          .containsEntry("content-type", "application/octet-stream")
          .containsEntry("content-length", String.valueOf(reply.body().size()))
          .doesNotContainKeys("transfer-encoding", "connection");
      PollClient.Reply asked =
          alice.raw(ascii("OPTIONS /v2/poll HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n\r\n"));
      assertThat(asked.status()).isEqualTo(204);
      assertThat(asked.headers()).containsEntry("access-control-allow-methods", "POST");
      PollClient.Reply got = alice.raw(ascii("GET /v2/poll HTTP/1.1\r\nHost: x\r\n\r\n"));
      assertThat(got.status()).isEqualTo(405);
      assertThat(got.headers()).containsEntry("allow", "OPTIONS, POST");
    }
  }

  @Test
  void heldNoLongerThanWanted() throws Exception {
    try (PollClient alice = PollClient.proved(town.address())) {
      long begun = System.nanoTime();
      PollAnswer answer = alice.ask(alice.next(1)).answer();
      assertThat(answer.signals()).isEmpty();
      assertThat(answer.heard()).isEqualTo(1);
      assertThat(System.nanoTime() - begun).isBetween(900_000_000L, 10_000_000_000L);
      // A request that is held gives way to the next, and to nothing that is only said.
      List<Socket> two = List.of(alice.park(alice.next(20)), alice.park(alice.next(20)));
      Await.until("one is answered", () -> answered(two) == 1);
      alice.wishes(0, Town.EGRESS);
      assertThat(answered(two)).isEqualTo(1);
    }
  }

  private static long answered(List<Socket> requests) throws IOException {
    long count = 0;
    for (Socket one : requests) {
      count += one.getInputStream().available() > 0 ? 1 : 0;
    }
    return count;
  }

  @Test
  void whatIsSaidTwiceIsHeardOnceAndWhatIsLostIsSaidAgain() throws Exception {
    try (PollClient volunteer = PollClient.proved(town.address());
        PollClient alice = PollClient.proved(town.address())) {
      volunteer.say(volunteer.slots(1, Town.EGRESS));
      Poll wish = alice.next(20, new Signal.PeerRequest(1, Town.EGRESS, List.of()));
      PollAnswer first = alice.ask(wish).answer();
      assertThat(first.signals()).hasSize(1);
      // The answer is lost, and a proxy asks again: the same comes, and nothing is wished again.
      PollAnswer again = alice.ask(wish).answer();
      assertThat(again).isEqualTo(first);
      long match =
          ((Signal.Matched) SignalingCodec.decode(first.signals().get(0).toBuffer())).match();
      volunteer.hear();
      Poll offer = alice.after(3, sealed(match, 20));
      assertThat(alice.ask(offer).answer().heard()).isEqualTo(3);
      assertThat(alice.ask(offer).answer().heard()).isEqualTo(3);
      // A gap is not jumped over, and she learns where to go on.
      Poll early = alice.after(5, sealed(match, 40));
      assertThat(alice.ask(early).answer().heard()).isEqualTo(3);
      assertThat(alice.ask(alice.after(4, sealed(match, 30))).answer().heard()).isEqualTo(4);
      assertThat(alice.ask(early).answer().heard()).isEqualTo(5);
      for (int size : List.of(20, 30, 40)) {
        assertThat(volunteer.hear()).isEqualTo(sealed(match, size));
      }
      Poll future = new Poll(early.session(), 0, 99, 0, false, List.of());
      assertThat(alice.ask(future).status()).isEqualTo(400);
      assertThat(town.metric("freddie_matches_made_total")).isEqualTo(1);
    }
  }

  @Test
  void whatIsNoPollIsRefused() throws Exception {
    try (PollClient mallory = PollClient.proved(town.address())) {
      Bytes guess = Bytes.of(new byte[Poll.SESSION_SIZE]);
      Poll lost = new Poll(Optional.of(guess), 0, 0, 0, false, List.of());
      assertThat(mallory.raw(PollClient.post(PollCodec.encode(lost).toArray())).status())
          .isEqualTo(404);
      byte[] good = PollCodec.encode(mallory.next(0, NOTHING)).toArray();
      byte[] cutShort = Arrays.copyOf(good, good.length - 1);
      assertThat(mallory.raw(PollClient.post(cutShort)).status()).isEqualTo(400);
      byte[] tooLong = PollClient.post(new byte[Poll.SIZE_LIMIT + 1]);
      assertThat(mallory.raw(Arrays.copyOf(tooLong, 200)).status()).isEqualTo(413);
      String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
      String chunked = "POST /v2/poll HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
      assertThat(mallory.raw(ascii(chunked + chunk + "1\r\nx")).status()).isEqualTo(413);
      assertThat(mallory.raw(ascii("POST /v2/polls HTTP/1.1\r\nHost: x\r\n\r\n")).status())
          .isEqualTo(405); // Another page.
      assertThat(mallory.ask(mallory.next(0)).status()).isEqualTo(200);
    }
  }

  @Test
  void noiseIsAnsweredAndNothingBreaks() throws Exception {
    Random random = new Random(3);
    try (PollClient mallory = PollClient.proved(town.address())) {
      for (int i = 0; i < 300; i++) {
        byte[] bytes = PollCodec.encode(mallory.next(0, NOTHING)).toArray();
        for (int hits = random.nextInt(4); hits >= 0; hits--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        assertThat(mallory.raw(PollClient.post(bytes)).status()).isIn(200, 400, 404);
      }
    }
    twoWhoPollAreIntroduced();
  }

  @Test
  void whatTheProtocolForbidsIsRefusedHereToo() throws Exception {
    try (PollClient mallory = PollClient.proved(town.address())) {
      mallory.say(new Signal.Candidate(1, "candidate:1"));
      assertRefused(mallory, Signal.Code.BAD_MESSAGE);
    }
    try (PollClient mallory = new PollClient(town.address())) {
      mallory.begin();
      mallory.wishes(1, Town.EGRESS);
      assertRefused(mallory, Signal.Code.BAD_PROOF);
    }
    try (PollClient mallory = PollClient.proved(town.address())) {
      Poll empty = mallory.next(0);
      Bytes tooLong = Bytes.of(new byte[Signal.SIZE_LIMIT + 1]);
      mallory.read(
          mallory
              .ask(new Poll(empty.session(), 2, empty.heard(), 0, false, List.of(tooLong)))
              .answer());
      assertRefused(mallory, Signal.Code.BAD_MESSAGE);
    }
    try (PollClient mallory = PollClient.proved(town.address())) {
      Poll empty = mallory.next(0);
      List<Bytes> flood = Collections.nCopies(Poll.MOST_SIGNALS, SignalingCodec.encode(NOTHING));
      List<Socket> parked = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        parked.add(
            mallory.park(new Poll(empty.session(), 2 + i * 64L, empty.heard(), 0, false, flood)));
      }
      // They come in any order, and what is out of order counts, too.
      for (Socket each : parked) {
        PollClient.Reply reply = PollClient.reply(each);
        if (reply.status() == 200) {
          mallory.read(reply.answer());
        }
      }
      assertThat(((Signal.Refusal) mallory.hear()).code()).isEqualTo(Signal.Code.TOO_FAST);
      Await.until("it ends", () -> mallory.ask(mallory.next(0)).status() == 404);
    }
    assertThat(town.metric("freddie_refusals_total{code=\"bad_message\"}")).isEqualTo(2);
    assertThat(town.metric("freddie_clients")).isZero();
    Await.until("nothing is kept of them", () -> town.metric("freddie_unread_bytes") == 0);
  }

  @Test
  void whoIsGoneIsMissedAndWhoNeverSaysWhoTheyAreIsForgotten() throws Exception {
    Duration patience = Duration.ofMillis(500);
    try (Town quick = new Town(new FreddieConfig.Limits(100, 1 << 20, patience))) {
      Person volunteer = quick.person();
      volunteer.offers(1);
      try (PollClient alice = PollClient.proved(quick.address())) {
        alice.wishes(1, Town.EGRESS);
        volunteer.hears(Signal.Matched.class);
        // Held for longer than she may be silent, and that is not silence.
        assertThat(alice.ask(alice.next(0)).answer().signals()).hasSize(1);
        alice.hear();
        assertThat(alice.ask(alice.next(2)).answer().signals()).isEmpty();
        assertThat(volunteer.unasked()).isEmpty();
        alice.park(alice.next(20));
        alice.say(NOTHING);
      }
      volunteer.hears(Signal.HangUp.class);
      try (PollClient mallory = new PollClient(quick.address())) {
        mallory.begin();
        mallory.ask(mallory.next(20)); // Until it is cut off.
        assertThat(mallory.ask(mallory.next(0)).status()).isEqualTo(404);
      }
      assertThat(quick.metric("freddie_cut_off_total{why=\"unproved\"}")).isEqualTo(1);
      assertThat(quick.metric("freddie_poll_sessions")).isZero();
    }
  }

  @Test
  void whoDoesNotHearWhatOthersSayIsCutOff() throws Exception {
    try (PollClient deaf = PollClient.proved(town.address());
        RawClient talker = RawClient.proved(town.address())) {
      deaf.say(deaf.slots(1, Town.EGRESS));
      talker.wishes(1, Town.EGRESS);
      long match = ((Signal.Matched) talker.hear()).match();
      for (int i = 0; i < 25; i++) {
        talker.say(sealed(match, 12_000));
      }
      assertThat(talker.hear()).isInstanceOf(Signal.HangUp.class);
      assertThat(town.metric("freddie_cut_off_total{why=\"not_reading\"}")).isEqualTo(1);
      assertThat(deaf.ask(deaf.next(0)).status()).isEqualTo(404);
      Await.until("nothing waits", () -> town.metric("freddie_unread_bytes") == 0);
    }
  }

  @Test
  void aFullOrDrainingFreddieSaysSoAndKeepsNothing() throws Exception {
    Duration patience = Duration.ofSeconds(10);
    try (Town small = new Town(new FreddieConfig.Limits(2, 1 << 20, patience));
        PollClient one = PollClient.proved(small.address());
        PollClient two = PollClient.proved(small.address());
        PollClient three = new PollClient(small.address())) {
      assertThat(refusal(three).code()).isEqualTo(Signal.Code.TOO_MANY);
      assertThat(small.metric("freddie_poll_sessions")).isEqualTo(2);
      one.ask(one.leaving());
      two.ask(two.leaving());
      Await.until("all have left", () -> small.metric("freddie_clients") == 0);
      small.drainFreddie();
      assertThat(refusal(three).code()).isEqualTo(Signal.Code.STOPPING);
    }
  }

  /** Who begins sessions and leaves them keeps nobody out but others who do the same. */
  @Test
  void floodOfBeginningsIsBounded() throws Exception {
    try (PollClient mallory = new PollClient(town.address())) {
      for (int i = 0; i < 200; i++) {
        assertThat(mallory.ask(Poll.BEGIN).status()).isEqualTo(200);
      }
      assertThat(town.metric("freddie_poll_sessions")).isEqualTo(26);
      assertThat(town.metric("freddie_cut_off_total{why=\"overfull\"}")).isEqualTo(174);
      twoWhoPollAreIntroduced();
    }
  }

  @Test
  void aThousandAreHeldAndAllAreToldWhenItStops() throws Exception {
    int crowd = 1000;
    Duration patience = Duration.ofSeconds(60);
    try (Town city = new Town(new FreddieConfig.Limits(4 * crowd, 1 << 20, patience));
        PollClient first = PollClient.proved(city.address())) {
      long before = usedHeap();
      List<Socket> parked = new ArrayList<>();
      for (int i = 0; i < crowd; i++) {
        first.begin();
        parked.add(first.park(first.next(20)));
      }
      Await.until("all wait", () -> city.metric("freddie_poll_sessions") == crowd + 1);
      // Both ends of the connection: freddie has less.
      assertThat((usedHeap() - before) / crowd).isLessThan(8 << 10);
      city.stopFreddie();
      for (Socket one : parked) {
        PollAnswer answer = PollClient.reply(one).answer();
        Signal word = SignalingCodec.decode(answer.signals().get(0).toBuffer());
        assertThat(((Signal.Refusal) word).code()).isEqualTo(Signal.Code.STOPPING);
        assertThat(one.getInputStream().read()).isNegative();
      }
    }
  }

  /** In bytes, without garbage. */
  static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Signal.Refusal refusal(PollClient newcomer) throws Exception {
    PollAnswer answer = newcomer.ask(Poll.BEGIN).answer();
    assertThat(answer.session()).isEmpty();
    return (Signal.Refusal) SignalingCodec.decode(answer.signals().get(0).toBuffer());
  }

  /** The last word, which is kept until it is heard. */
  private static void assertRefused(PollClient client, Signal.Code code) throws Exception {
    Signal word = client.hear();
    assertThat(((Signal.Refusal) word).code()).isEqualTo(code);
    assertThat(client.ask(client.next(0)).status()).isEqualTo(200);
    assertThat(client.ask(client.next(0)).status()).isEqualTo(404);
  }

  private static Signal.Sealed sealed(long match, int size) {
    return new Signal.Sealed(match, 1, Bytes.EMPTY, Bytes.of(new byte[size]));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
