// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.loop.ManualEventLoop;

final class ResequencerTest {
  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<Integer> delivered = new ArrayList<>();
  private final Resequencer resequencer =
      new Resequencer(
          loop,
          packet -> {
            delivered.add(packet.getInt(0));
            packet.release();
          });
  private final List<AttachedPath> paths = List.of(path("a"), path("b"));

  @Test
  void packetsOfTwoPathsComeInOrder() {
    arrive(0, 0);
    arrive(1, 1);
    arrive(1, 3);
    arrive(1, 5);
    arrive(0, 2);
    assertThat(delivered).containsExactly(0, 1, 2, 3);
    assertThat(delivered).doesNotContain(5);
    arrive(0, 4);
    assertThat(delivered).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void overOnePathNothingWaits() {
    for (int number : new int[] {0, 1, 3, 4, 9, 2}) {
      arrive(0, number);
      assertThat(delivered).endsWith(number);
    }
  }

  @Test
  void aGapIsGivenUpOnceEveryPathHasPassedIt() {
    arrive(0, 0);
    arrive(1, 1);
    arrive(1, 4); // 2 and 3 may still come on the other path.
    assertThat(delivered).containsExactly(0, 1);
    arrive(0, 3);
    assertThat(delivered).containsExactly(0, 1, 3, 4);
  }

  @Test
  void aPathThatFellSilentIsWaitedForAShortWhileOnly() {
    arrive(0, 0);
    arrive(1, 2);
    assertThat(delivered).containsExactly(0);
    loop.advance(Duration.ofMillis(101));
    assertThat(delivered).containsExactly(0, 2);
  }

  @Test
  void itWaitsAsLongAsLateOnesTookOfLate() {
    int number = 0;
    arrive(0, number);
    for (int i = 0; i < 50; i++) {
      arrive(1, number + 2); // The one between takes 12 ms longer, each time.
      loop.advance(Duration.ofMillis(12));
      arrive(0, number + 1);
      number += 2;
    }
    delivered.clear();
    arrive(1, number + 2);
    loop.advance(Duration.ofMillis(13));
    assertThat(delivered).isEmpty();
    loop.advance(Duration.ofMillis(12));
    assertThat(delivered).containsExactly(number + 2);
  }

  @Test
  void itWaitsLongerWhenThoseGivenUpCameAfterAll() {
    int number = 0;
    arrive(0, number);
    for (int i = 0; i < 5; i++) {
      arrive(1, number + 2);
      loop.advance(Duration.ofMillis(80));
      arrive(0, number + 1);
      number += 2;
    }
    delivered.clear();
    arrive(1, number + 2);
    loop.advance(Duration.ofMillis(80));
    arrive(0, number + 1);
    assertThat(delivered).containsExactly(number + 1, number + 2);
  }

  @Test
  void numbersLedAstrayDoNotHoldUpAnything() {
    arrive(0, 0);
    arrive(0, 1_000_000_000);
    assertThat(delivered).containsExactly(0, 1_000_000_000);
    IntStream.range(1, 200).forEach(number -> arrive(0, number));
    assertThat(delivered).hasSize(201);
    delivered.clear();
    arrive(0, 200); // In order again, although the numbers had run ahead.
    arrive(1, 202);
    arrive(0, 201);
    assertThat(delivered).containsExactly(200, 201, 202);
  }

  @Test
  void whateverComesEachPacketIsDeliveredOnceOrReleased() {
    Random random = new Random(41);
    List<ByteBuf> all = new ArrayList<>();
    int distinct = 0;
    for (int round = 0; round < 20_000; round++) {
      int number = random.nextInt(50) == 0 ? random.nextInt() : round + random.nextInt(40) - 20;
      ByteBuf packet = Unpooled.buffer(4).writeInt(number);
      all.add(packet);
      distinct++;
      arrive(random.nextInt(2), number, packet);
      if (random.nextInt(20) == 0) {
        loop.advance(Duration.ofMillis(random.nextInt(150)));
      }
    }
    resequencer.close();
    assertThat(all).allMatch(packet -> packet.refCnt() == 0);
    assertThat(delivered.size()).isLessThanOrEqualTo(distinct);
  }

  private void arrive(int path, int number) {
    arrive(path, number, Unpooled.buffer(4).writeInt(number));
  }

  private void arrive(int path, int number, ByteBuf packet) {
    AttachedPath on = paths.get(path);
    on.saw(number, loop.nanoTime());
    resequencer.accept(number, packet);
    resequencer.giveUpPassed(paths, loop.nanoTime());
  }

  private AttachedPath path(String label) {
    AttachedPath path = new AttachedPath(NoLink.LINK, label, loop.nanoTime());
    path.dataHeardAt = loop.nanoTime() - Duration.ofSeconds(1).toNanos();
    return path;
  }
}
