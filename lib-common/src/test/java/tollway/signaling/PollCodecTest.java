// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class PollCodecTest {
  private static final Bytes SESSION = Bytes.ofUtf8("\u0001".repeat(Poll.SESSION_SIZE));
  private static final Bytes WORD =
      SignalingCodec.encode(new Signal.HangUp(7, "bye", true)); // Any signal.

  private static final List<Poll> POLLS =
      List.of(
          Poll.BEGIN,
          new Poll(Optional.of(SESSION), 0, 0, 20, false, List.of()),
          new Poll(Optional.of(SESSION), 3, 300, 0, false, List.of(WORD, Bytes.EMPTY)),
          new Poll(Optional.of(SESSION), 0, Poll.MOST, 0, true, List.of()));

  private static final List<PollAnswer> ANSWERS =
      List.of(
          new PollAnswer(Optional.of(SESSION), 0, 0, List.of()),
          new PollAnswer(Optional.of(SESSION), 1, 2, List.of(WORD)),
          new PollAnswer(Optional.empty(), 1, 0, List.of(WORD)));

  /** Frozen: changing a line changes the protocol. */
  private static final List<String> GOLDEN_POLLS =
      List.of(
          "",
          "0a10" + "01".repeat(16) + "2014",
          "0a10" + "01".repeat(16) + "100318ac02" + word() + "3200",
          "0a10" + "01".repeat(16) + "18ffffffffffffff0f2801");

  private static final List<String> GOLDEN_ANSWERS =
      List.of(
          "0a10" + "01".repeat(16),
          "0a10" + "01".repeat(16) + "10011802" + word(),
          "1001" + word());

  @Test
  void pollsAndAnswersLookAsTheyAlwaysDid() throws Exception {
    assertThat(POLLS.stream().map(poll -> PollCodec.encode(poll).hex())).isEqualTo(GOLDEN_POLLS);
    assertThat(ANSWERS.stream().map(answer -> PollCodec.encode(answer).hex()))
        .isEqualTo(GOLDEN_ANSWERS);
    for (Poll poll : POLLS) {
      assertThat(PollCodec.decodePoll(PollCodec.encode(poll).toBuffer())).isEqualTo(poll);
    }
    for (PollAnswer answer : ANSWERS) {
      assertThat(PollCodec.decodeAnswer(PollCodec.encode(answer).toBuffer())).isEqualTo(answer);
    }
  }

  @Test
  void whatBreaksTheRulesIsRefused() throws Exception {
    List<String> wrong =
        List.of(
            "0a0f" + "01".repeat(15), // A shorter name,
            "2801", // leaving from nowhere,
            "10013200", // a signal before there is a session,
            "0a10" + "01".repeat(16) + "3200", // without a number,
            "0a10" + "01".repeat(16) + "1880808080808080808001", // 2^63,
            "0a10" + "01".repeat(16) + "18ffffffffffffff1f", // 2^54 - 1,
            "0a10" + "01".repeat(16) + "1001" + "3200".repeat(Poll.MOST_SIGNALS + 1),
            "0a10" + "01".repeat(16) + "20ffffffff0f", // a wait of -1,
            "0a10" + "01".repeat(15)); // and the end of one cut off.
    for (String each : wrong) {
      Bytes bytes = Bytes.ofHex(each);
      assertThatThrownBy(() -> PollCodec.decodePoll(bytes.toBuffer()))
          .as(each)
          .isInstanceOf(MalformedBytesException.class);
    }
    ByteBuffer tooLong = ByteBuffer.allocate(Poll.SIZE_LIMIT + 1);
    assertThatThrownBy(() -> PollCodec.decodePoll(tooLong)).hasMessageContaining("32 KiB");
    assertThatThrownBy(() -> PollCodec.decodeAnswer(tooLong)).hasMessageContaining("32 KiB");
  }

  @Test
  void whatFitsInFitsIn() throws Exception {
    Bytes longest = Bytes.of(new byte[Signal.SIZE_LIMIT]);
    List<Bytes> waiting = new ArrayList<>(Collections.nCopies(100, Bytes.of(new byte[200])));
    assertThat(Poll.fitting(waiting)).isEqualTo(Poll.MOST_SIGNALS);
    assertThat(Poll.fitting(List.of(longest, longest))).isEqualTo(1);
    waiting.add(5, longest);
    waiting.addAll(6, Collections.nCopies(90, Bytes.of(new byte[1000])));
    int count = Poll.fitting(waiting);
    assertThat(count).isBetween(10, 30);
    Poll full =
        new Poll(
            Optional.of(SESSION), Poll.MOST, Poll.MOST, 1 << 30, true, waiting.subList(0, count));
    assertThat(PollCodec.decodePoll(PollCodec.encode(full).toBuffer())).isEqualTo(full);
  }

  /** Whatever comes is a poll, or malformed: nothing else is thrown, and little is held. */
  @Test
  void noiseIsRefusedInOneWay() {
    Random random = new Random(11);
    int understood = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes;
      if (i % 2 == 0) {
        bytes = new byte[random.nextInt(80)];
        random.nextBytes(bytes);
      } else {
        bytes = PollCodec.encode(POLLS.get(random.nextInt(POLLS.size()))).toArray();
        for (int hits = random.nextInt(3); bytes.length > 0 && hits >= 0; hits--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      try {
        Poll poll = PollCodec.decodePoll(ByteBuffer.wrap(bytes));
        assertThat(PollCodec.decodePoll(PollCodec.encode(poll).toBuffer())).isEqualTo(poll);
        understood++;
      } catch (MalformedBytesException malformed) {
        assertThat(malformed).hasMessageStartingWith("not a poll: ");
      }
      try {
        PollCodec.decodeAnswer(ByteBuffer.wrap(bytes));
      } catch (MalformedBytesException malformed) {
        assertThat(malformed).hasMessageStartingWith("not a poll's answer: ");
      }
    }
    assertThat(understood).isBetween(1000, 49_000);
  }

  private static String word() {
    return "3212521009070000000000000012036279651801";
  }
}
