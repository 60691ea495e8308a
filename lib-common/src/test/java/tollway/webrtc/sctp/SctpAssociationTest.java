// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SctpAssociationTest {
  private static final int BINARY = 53;
  private static final int UNTIL_IT_ARRIVES = -1;

  private final List<TwoEnds> opened = new ArrayList<>();

  private TwoEnds open(TwoEnds ends) {
    opened.add(ends);
    return ends;
  }

  @AfterEach
  void close() {
    opened.forEach(TwoEnds::close);
  }

  @Test
  void bothEndsMayBeginAtOnce() {
    TwoEnds ends = open(new TwoEnds(1)).connected();
    assertThat(ends.aliceHears.events).containsExactly("established");
    assertThat(ends.bobHears.events).containsExactly("established");
    assertThat(ends.alice.outStreams()).isEqualTo(SctpAssociation.MAX_STREAMS);
  }

  @Test
  void oneEndMayBeginLate() {
    TwoEnds ends = open(new TwoEnds(1));
    ends.alice.connect();
    ends.loop.advance(Duration.ofSeconds(2));
    ends.bob.connect();
    ends.advanceUntil(() -> ends.alice.hasRoom() && ends.bob.hasRoom(), Duration.ofSeconds(10));
    assertThat(ends.aliceHears.events).containsExactly("established");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void comesAboutOverALossyPath(long seed) {
    TwoEnds ends = open(new TwoEnds(seed));
    ends.toBob.loss = 0.4;
    ends.toAlice.loss = 0.4;
    ends.connected();
  }

  @Test
  void saysSoWhenNobodyAnswers() {
    TwoEnds ends = open(new TwoEnds(1));
    ends.toBob.loss = 1;
    ends.alice.connect();
    ends.loop.advance(Duration.ofSeconds(60));
    assertThat(ends.aliceHears.closed).contains("does not answer");
    assertThat(ends.loop.timers()).isZero();
  }

  @Test
  void carriesMessagesOfManySizesBothWays() {
    TwoEnds ends = open(new TwoEnds(1)).connected();
    int[] sizes = {4, 5, 1199, 1200, 1201, 1228, 5000, 16_384, 65_536, 262_144};
    for (int i = 0; i < sizes.length; i++) {
      assertThat(ends.alice.send(1, BINARY, true, UNTIL_IT_ARRIVES, ends.message(i, sizes[i])))
          .isTrue();
      assertThat(ends.bob.send(2, BINARY, true, UNTIL_IT_ARRIVES, ends.message(i, sizes[i])))
          .isTrue();
    }
    ends.advanceUntil(
        () ->
            ends.bobHears.messages.size() == sizes.length
                && ends.aliceHears.messages.size() == sizes.length,
        Duration.ofSeconds(30));
    for (int i = 0; i < sizes.length; i++) {
      assertThat(ends.bobHears.messages.get(i)).hasSize(sizes[i]).satisfies(TwoEnds::isIntact);
    }
    assertThat(ends.bobHears.messages).allMatch(TwoEnds::isIntact);
    assertThat(ends.aliceHears.messages).allMatch(TwoEnds::isIntact);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void aReliableChannelDeliversAllInOrderThroughLossReorderingAndDuplication(long seed) {
    TwoEnds ends = open(new TwoEnds(seed)).connected();
    ends.toBob.loss = 0.05;
    ends.toAlice.loss = 0.05;
    ends.toBob.duplication = 0.02;
    ends.toBob.jitter = Duration.ofMillis(5);
    int count = 3000;
    int[] sent = {0};
    ends.advanceUntil(
        () -> {
          while (sent[0] < count && ends.alice.hasRoom()) {
            int size = sent[0] % 10 == 0 ? 9_000 : 1200;
            ends.alice.send(3, BINARY, true, UNTIL_IT_ARRIVES, ends.message(sent[0]++, size));
          }
          return ends.bobHears.messages.size() == count;
        },
        Duration.ofMinutes(2));
    assertThat(ends.bobHears.messages).allMatch(TwoEnds::isIntact);
    assertThat(ends.bobHears.messages.stream().map(TwoEnds::number).toList())
        .isEqualTo(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void anUnorderedReliableChannelDeliversEachOnce() {
    TwoEnds ends = open(new TwoEnds(21)).connected();
    ends.toBob.loss = 0.05;
    ends.toBob.duplication = 0.05;
    ends.toBob.jitter = Duration.ofMillis(3);
    for (int i = 0; i < 500; i++) {
      ends.alice.send(3, BINARY, false, UNTIL_IT_ARRIVES, ends.message(i, 1000));
    }
    ends.advanceUntil(() -> ends.bobHears.messages.size() == 500, Duration.ofSeconds(30));
    ends.loop.advance(Duration.ofSeconds(5));
    assertThat(ends.bobHears.messages.stream().map(TwoEnds::number).sorted().toList())
        .isEqualTo(IntStream.range(0, 500).boxed().toList());
  }

  @Test
  void datagramsAreSentOnceAndThePeerMovesOn() {
    TwoEnds ends = open(new TwoEnds(31)).connected();
    ends.toBob.record = true;
    ends.toBob.loss = 0.05;
    int count = 2000;
    int[] sent = {0};
    ends.advanceUntil(
        () -> {
          while (sent[0] < count && ends.alice.hasRoom()) {
            ends.alice.send(3, BINARY, false, 0, ends.message(sent[0]++, 1200));
          }
          return sent[0] == count;
        },
        Duration.ofSeconds(60));
    ends.loop.advance(Duration.ofSeconds(5));

    List<Integer> tsns = new ArrayList<>();
    int forwards = 0;
    for (SctpPacket packet : ends.toBob.seen) {
      for (Chunk chunk : packet.chunks()) {
        if (chunk instanceof Chunk.Data data) {
          tsns.add(data.tsn());
        }
        forwards += chunk instanceof Chunk.ForwardTsn ? 1 : 0;
      }
    }
    assertThat(tsns).hasSize(count).doesNotHaveDuplicates();
    assertThat(forwards).isPositive();
    long lost =
        ends.toBob.seen.stream().filter(p -> p.chunks().get(0) instanceof Chunk.Data).count();
    assertThat(ends.bobHears.messages).hasSizeBetween((int) (lost * 0.9), count - 1);
    assertThat(ends.bobHears.messages).allMatch(TwoEnds::isIntact);
    // All is settled: nothing in flight, so no timer runs.
    assertThat(ends.loop.timers()).isZero();
  }

  @Test
  void aDatagramOfManyFragmentsArrivesWholeOrNotAtAll() {
    TwoEnds ends = open(new TwoEnds(41)).connected();
    ends.toBob.loss = 0.02;
    ends.toBob.jitter = Duration.ofMillis(2);
    int count = 300;
    int[] sent = {0};
    ends.advanceUntil(
        () -> {
          while (sent[0] < count && ends.alice.hasRoom()) {
            ends.alice.send(3, BINARY, false, 0, ends.message(sent[0]++, 16_384));
          }
          return sent[0] == count;
        },
        Duration.ofSeconds(60));
    ends.loop.advance(Duration.ofSeconds(5));
    assertThat(ends.bobHears.messages).hasSizeBetween(100, 299);
    assertThat(ends.bobHears.messages).allMatch(m -> m.length == 16_384 && TwoEnds.isIntact(m));
  }

  @Test
  void orderedDatagramsStayInOrderAroundLostOnes() {
    TwoEnds ends = open(new TwoEnds(51)).connected();
    ends.toBob.loss = 0.05;
    for (int i = 0; i < 400; i++) {
      ends.alice.send(3, BINARY, true, 0, ends.message(i, 1000));
      ends.loop.advance(Duration.ofMillis(1));
    }
    ends.loop.advance(Duration.ofSeconds(5));
    List<Integer> numbers = ends.bobHears.messages.stream().map(TwoEnds::number).toList();
    assertThat(numbers).hasSizeBetween(300, 399).isSorted();
  }

  @Test
  void aMessageIsGivenUpAfterItsRetransmissions() {
    TwoEnds ends = open(new TwoEnds(61)).connected();
    ends.toBob.record = true;
    ends.toBob.loss = 1;
    ends.alice.send(3, BINARY, true, 2, ends.message(7, 1000));
    ends.loop.advance(Duration.ofSeconds(8));
    ends.toBob.loss = 0;
    ends.alice.send(3, BINARY, true, 2, ends.message(8, 1000));
    ends.advanceUntil(() -> ends.bobHears.messages.size() == 1, Duration.ofSeconds(30));
    assertThat(TwoEnds.number(ends.bobHears.messages.get(0))).isEqualTo(8);
    long sends =
        ends.toBob.seen.stream()
            .flatMap(packet -> packet.chunks().stream())
            .filter(c -> c instanceof Chunk.Data data && data.payload().getInt(0) == 7)
            .count();
    assertThat(sends).isEqualTo(3);
  }

  @Test
  void theQueueIsBoundedAndTellsWhenThereIsRoomAgain() {
    TwoEnds ends = open(new TwoEnds(71)).connected();
    int accepted = 0;
    ByteBuf refused = null;
    while (refused == null) {
      ByteBuf message = ends.message(accepted, 60_000);
      if (ends.alice.send(3, BINARY, true, UNTIL_IT_ARRIVES, message)) {
        accepted++;
      } else {
        refused = message;
      }
    }
    assertThat(accepted).isBetween(16, 18);
    assertThat(refused.refCnt()).isZero();
    assertThat(ends.alice.queuedBytes(3)).isBetween(900_000, 1 << 20);
    assertThat(ends.aliceHears.events).doesNotContain("writable 3");
    ends.advanceUntil(() -> ends.aliceHears.events.contains("writable 3"), Duration.ofSeconds(30));
    assertThat(ends.alice.queuedBytes(3)).isLessThan(600_000);
  }

  @Test
  void aStreamIsResetOnlyAfterWhatWasQueuedArrived() {
    TwoEnds ends = open(new TwoEnds(81)).connected();
    ends.toBob.loss = 0.1;
    ends.toAlice.loss = 0.1;
    for (int i = 0; i < 50; i++) {
      ends.alice.send(3, BINARY, true, UNTIL_IT_ARRIVES, ends.message(i, 5000));
    }
    ends.alice.reset(3);
    ends.advanceUntil(() -> ends.aliceHears.events.contains("own reset 3"), Duration.ofSeconds(60));
    assertThat(ends.bobHears.messages).hasSize(50);
    assertThat(ends.bobHears.events).containsOnlyOnce("peer reset 3");
    // The stream begins again at SSN 0.
    ends.alice.send(3, BINARY, true, UNTIL_IT_ARRIVES, ends.message(99, 100));
    ends.advanceUntil(() -> ends.bobHears.messages.size() == 51, Duration.ofSeconds(30));
  }

  @Test
  void anAbortIsHeardAtOnce() {
    TwoEnds ends = open(new TwoEnds(91)).connected();
    ends.alice.abort("enough");
    ends.loop.advance(Duration.ofMillis(20));
    assertThat(ends.bobHears.closed).contains("aborted").contains("enough");
    assertThat(ends.aliceHears.closed).isNull();
    assertThat(ends.loop.timers()).isZero();
  }

  @Test
  void aSilentPeerIsGivenUp() {
    TwoEnds ends = open(new TwoEnds(95)).connected();
    ends.toBob.loss = 1;
    ends.alice.send(3, BINARY, true, UNTIL_IT_ARRIVES, ends.message(1, 100));
    ends.loop.advance(Duration.ofMinutes(3));
    assertThat(ends.aliceHears.closed).contains("stopped acknowledging");
  }

  @Test
  void largerPacketsAreUsedOnceAProbeCameBack() {
    SctpConfig large =
        new SctpConfig(5000, 5000, 1228, List.of(16_384), 1 << 20, 1 << 20, 256 << 10);
    TwoEnds ends = open(new TwoEnds(101, large, 1)).connected();
    assertThat(ends.alice.packetBytes()).isEqualTo(1228);
    ends.loop.advance(Duration.ofSeconds(1));
    assertThat(ends.alice.packetBytes()).isEqualTo(16_384);
    ends.toBob.record = true;
    ends.alice.send(3, BINARY, false, 0, ends.message(1, 16_000));
    ends.advanceUntil(() -> ends.bobHears.messages.size() == 1, Duration.ofSeconds(1));
    assertThat(ends.toBob.seen.stream().flatMap(p -> p.chunks().stream()))
        .filteredOn(Chunk.Data.class::isInstance)
        .hasSize(1);
  }

  @Test
  void aPathThatSwallowsLargePacketsKeepsTheBaseSize() {
    SctpConfig large =
        new SctpConfig(5000, 5000, 1228, List.of(16_384), 1 << 20, 1 << 20, 256 << 10);
    TwoEnds ends = open(new TwoEnds(102, large, 1));
    ends.toBob.largestPacket = 1500;
    ends.connected();
    ends.loop.advance(Duration.ofSeconds(3));
    assertThat(ends.alice.packetBytes()).isEqualTo(1228);
    assertThat(ends.bob.packetBytes()).isEqualTo(16_384);
    // Later the other direction narrows as well.
    ends.toAlice.largestPacket = 1500;
    ends.bob.send(2, BINARY, false, 0, ends.message(1, 10_000));
    ends.loop.advance(Duration.ofSeconds(5));
    ends.bob.send(2, BINARY, false, 0, ends.message(2, 10_000));
    ends.loop.advance(Duration.ofSeconds(5));
    ends.bob.send(2, BINARY, false, 0, ends.message(3, 10_000));
    ends.loop.advance(Duration.ofSeconds(5));
    assertThat(ends.bob.packetBytes()).isEqualTo(1228);
    ends.bob.send(2, BINARY, false, 0, ends.message(4, 10_000));
    ends.advanceUntil(() -> ends.aliceHears.messages.size() == 1, Duration.ofSeconds(5));
  }

  @Test
  void lossDoesNotThrottleDatagramsButAFullPathDoes() {
    // 80 Mbit/s, 50 ms, 1 % loss: a Reno sender would get 0.3 MB/s.
    TwoEnds ends = open(new TwoEnds(111)).connected();
    for (SimulatedPath path : List.of(ends.toBob, ends.toAlice)) {
      path.delay = Duration.ofMillis(25);
      path.bytesPerSecond = 10_000_000;
      path.queueBytes = 400_000;
      path.loss = 0.01;
    }
    ends.bobHears.keepsMessages = false;
    long end = ends.loop.nanoTime() + Duration.ofSeconds(3).toNanos();
    int number = 0;
    while (ends.loop.nanoTime() < end) {
      while (ends.alice.hasRoom()) {
        ends.alice.send(3, BINARY, false, 0, ends.message(number++, 1200));
      }
      ends.loop.advance(Duration.ofMillis(1));
    }
    double megabytesPerSecond = ends.bobHears.messageBytes / 3e6;
    double lost = (double) ends.toBob.dropped / ends.toBob.packets;
    assertThat(megabytesPerSecond).isGreaterThan(5);
    assertThat(lost).isLessThan(0.06);
  }
}
