// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.Bytes;
import tollway.webrtc.sctp.Chunk.Gap;
import tollway.webrtc.sctp.Chunk.Reset;
import tollway.webrtc.sctp.Chunk.Skip;
import tollway.webrtc.sctp.Chunk.Terms;

/** Mallory has proved who she is and now says what she likes, with right tags and checksums. */
final class HostilePeerTest {
  private static final int BOBS_TAG = 0x000b0b;
  private static final int FIRST_TSN = 0xffff_fff0;

  private final TwoEnds ends = new TwoEnds(1).connected();

  /** Every buffer that came or went is given back. */
  @AfterEach
  void end() {
    ends.close();
  }

  private void say(Chunk... chunks) {
    ByteBuf packet = Unpooled.buffer();
    SctpCodec.encode(new SctpPacket(5000, 5000, BOBS_TAG, List.of(chunks)), packet);
    ends.bob.receive(packet);
    ends.loop.runReady();
  }

  private static Chunk.Data data(int flags, int tsn, int stream, int ssn, int size) {
    ByteBuf payload = Unpooled.wrappedBuffer(new byte[size]);
    return new Chunk.Data(flags, tsn, stream, ssn, 53, payload);
  }

  @Test
  void aMessageLargerThanWeTakeEndsIt() {
    for (int i = 0; i < 300 && ends.bobHears.closed == null; i++) {
      say(data(i == 0 ? Chunk.Data.BEGIN : 0, FIRST_TSN + i, 1, 0, 1000));
    }
    assertThat(ends.bobHears.closed).contains("broke the rules").contains("larger than we take");
    assertThat(ends.bobHears.messages).isEmpty();
  }

  @Test
  void aStreamBeyondThoseOfferedEndsIt() {
    say(data(3, FIRST_TSN, SctpAssociation.MAX_STREAMS, 0, 10));
    assertThat(ends.bobHears.closed).contains("a stream beyond those we offered");
  }

  @Test
  void fragmentsOfTwoMessagesMixedEndIt() {
    say(data(Chunk.Data.BEGIN, FIRST_TSN, 1, 0, 10));
    say(data(Chunk.Data.END, FIRST_TSN + 1, 2, 0, 10));
    assertThat(ends.bobHears.closed).contains("fragments that do not fit");
  }

  @Test
  void earlyMessagesAreKeptOnlyAsFarAsTheWindowGoes() {
    // Message 0 never comes, so that all others wait for it.
    for (int i = 1; i < 5000; i++) {
      say(data(3, FIRST_TSN + i, 1, i, 1000));
    }
    assertThat(ends.bobHears.closed).isNull();
    assertThat(ends.bobHears.messages).isEmpty();
    say(data(3, FIRST_TSN, 1, 0, 1000));
    assertThat(ends.bobHears.messages.size()).isBetween(800, (1 << 20) / 1000);
  }

  @Test
  void unfinishedMessagesAreKeptOnlyAsFarAsTheWindowGoes() {
    for (int i = 1; i < 15_000; i += 2) {
      say(data(Chunk.Data.BEGIN | Chunk.Data.UNORDERED, FIRST_TSN + i, 1, 0, 1));
    }
    // The gap before them can still be closed, whatever is held.
    say(data(Chunk.Data.BEGIN | Chunk.Data.UNORDERED, FIRST_TSN, 1, 0, 1));
    assertThat(ends.bobHears.closed).isNull();
    ends.toAlice.record = true;
    assertThat(lastSack().cumulativeTsn()).isEqualTo(FIRST_TSN + 1);
  }

  private Chunk.Sack lastSack() {
    say(data(7, FIRST_TSN + 1, 1, 0, 1)); // A duplicate is acknowledged at once.
    List<Chunk.Sack> sacks = new ArrayList<>();
    for (SctpPacket packet : ends.toAlice.seen) {
      for (Chunk chunk : packet.chunks()) {
        if (chunk instanceof Chunk.Sack sack) {
          sacks.add(sack);
        }
      }
    }
    return sacks.get(sacks.size() - 1);
  }

  @Test
  void acknowledgementsOfWhatWasNeverSentAreIgnored() {
    ends.bob.send(2, 53, true, -1, ends.message(1, 1000));
    ends.loop.runReady();
    for (int distance : new int[] {2, 1000, 0x7fff_ffff, 0x8000_0000, -2}) {
      say(new Chunk.Sack(FIRST_TSN + 5 + distance, 0, List.of(new Gap(1, 0xffff)), List.of()));
    }
    say(new Chunk.Sack(FIRST_TSN + 4, 1 << 20, List.of(new Gap(3, 2), new Gap(0, 0)), List.of()));
    ends.advanceUntil(() -> ends.aliceHears.messages.size() == 1, Duration.ofSeconds(10));
    assertThat(ends.bobHears.closed).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverIsSaidNothingIsThrownAndNothingLeaks(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 3000 && ends.bobHears.closed == null; round++) {
      List<Chunk> chunks = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        chunks.add(anything(random));
      }
      if (round % 10 == 0) {
        ends.bob.send(
            random.nextInt(3),
            53,
            random.nextBoolean(),
            random.nextInt(3) - 1,
            ends.message(round, 3000));
      }
      if (round % 100 == 0) {
        ends.bob.reset(random.nextInt(3));
      }
      say(chunks.toArray(Chunk[]::new));
      ends.loop.advance(Duration.ofMillis(random.nextInt(5)));
    }
    ends.bobHears.messages.clear();
  }

  private static Chunk anything(Random random) {
    int tsn = FIRST_TSN + random.nextInt(200) - 20;
    int bobs = FIRST_TSN + 5 + random.nextInt(100) - 20;
    Bytes some = Bytes.of(new byte[random.nextInt(30)]);
    return switch (random.nextInt(24)) {
      case 0 -> new Chunk.Sack(bobs, random.nextInt(1 << 20), gaps(random), List.of(tsn));
      case 1 -> new Chunk.ForwardTsn(tsn, List.of(new Skip(random.nextInt(4), random.nextInt(9))));
      case 2 -> new Chunk.ForwardTsn(tsn, List.of());
      case 3 ->
          new Chunk.ReConfig(
              List.of(
                  new Reset.Outgoing(
                      FIRST_TSN + random.nextInt(9), bobs, tsn, List.of(random.nextInt(4)))));
      case 4 -> new Chunk.ReConfig(List.of(new Reset.Response(bobs, random.nextInt(8))));
      case 5 -> new Chunk.ReConfig(List.of(new Reset.Other(random.nextInt(40), tsn)));
      case 6 -> new Chunk.Heartbeat(some);
      case 7 -> new Chunk.HeartbeatAck(some);
      case 8 -> new Chunk.CookieEcho(some);
      case 9 -> new Chunk.CookieAck();
      case 10 ->
          new Chunk.InitAck(new Terms(7, 1, 1, 1, 1, true, true), Bytes.ofUtf8("x"), List.of());
      case 11 -> new Chunk.OperationError(List.of(new Chunk.Cause(random.nextInt(14), some)));
      case 12 -> new Chunk.Unknown(0xff, Bytes.of((byte) 0xff, (byte) 0, (byte) 0, (byte) 4));
      case 13 -> new Chunk.Sack(bobs, random.nextInt(1 << 20), List.of(), List.of());
      default ->
          // Mostly whole messages, or one stray fragment would end every round at once.
          data(
              random.nextInt(40) == 0 ? random.nextInt(16) : 3 | random.nextInt(4) << 2,
              tsn,
              random.nextInt(4),
              random.nextInt(8),
              1 + random.nextInt(1500));
    };
  }

  private static List<Gap> gaps(Random random) {
    List<Gap> gaps = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      gaps.add(new Gap(random.nextInt(30), random.nextInt(30)));
    }
    return gaps;
  }
}
