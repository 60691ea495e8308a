// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.cohort.KnownServers.Source;
import tollway.loop.ManualEventLoop;
import tollway.stun.StunCohort;

final class KnownServersTest {
  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<InetSocketAddress> remembered = new ArrayList<>();
  private final KnownServers known =
      new KnownServers(loop, new Random(5), (at, after) -> remembered.add(at));

  private static InetSocketAddress server(int number) {
    return new InetSocketAddress("192.0.2." + number, 3478);
  }

  private static List<InetSocketAddress> servers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(KnownServersTest::server).toList();
  }

  private List<InetSocketAddress> drawn() {
    return known.draw().servers();
  }

  private void useless(InetSocketAddress server) {
    known.draw().report().useless(server);
  }

  @Test
  void drawsAFewAndOthersTheNextTime() {
    known.learn(Source.FREDDIE, servers(1, 40));
    Set<InetSocketAddress> all = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      assertThat(drawn()).hasSize(KnownServers.COHORT).doesNotHaveDuplicates();
      all.addAll(drawn());
    }
    assertThat(all).hasSize(40);
  }

  @Test
  void asksNobodyBehindTheBackOfWhoNamesServers() {
    known.learn(Source.CACHE, servers(1, 9));
    known.learn(Source.BUNDLED, servers(11, 19));
    known.learn(Source.FREDDIE, servers(21, 21));
    known.learn(Source.PERSON, servers(31, 31));
    assertThat(drawn()).containsExactly(server(31), server(21));

    // Freddie's alone: those that answered earlier stand in, nobody else's.
    known.learn(Source.PERSON, List.of());
    assertThat(drawn()).hasSize(5).startsWith(server(21));
    assertThat(servers(1, 9)).containsAll(drawn().subList(1, 5));

    known.learn(Source.FREDDIE, List.of());
    known.learn(Source.CACHE, servers(1, 2));
    assertThat(drawn()).hasSize(5).contains(server(1), server(2));
    known.learn(Source.CACHE, List.of());
    assertThat(servers(11, 19)).containsAll(drawn());
    known.learn(Source.BUNDLED, List.of());
    assertThat(drawn()).isEmpty();
  }

  @Test
  void wantsDifferentHostsFirst() {
    List<InetSocketAddress> named = new ArrayList<>();
    IntStream.range(0, 8).forEach(i -> named.add(new InetSocketAddress("192.0.2.1", 3478 + i)));
    known.learn(Source.FREDDIE, named);
    known.learn(Source.CACHE, servers(7, 7));
    for (int i = 0; i < 20; i++) {
      assertThat(drawn()).hasSize(5).contains(server(7));
    }
  }

  @Test
  void whoIsUselessIsLeftAloneForTwiceAsLongEachTime() {
    known.learn(Source.FREDDIE, servers(1, 3));
    for (int minutes = 1; minutes <= 32; minutes *= 2) {
      useless(server(1));
      loop.advance(Duration.ofMinutes(minutes).minusSeconds(1));
      assertThat(drawn()).containsExactlyInAnyOrder(server(2), server(3));
      useless(server(1)); // Another gathering at the same time: it counts once.
      loop.advance(Duration.ofSeconds(1));
      assertThat(drawn()).hasSize(3);
    }
    useless(server(1));
    loop.advance(Duration.ofHours(1));
    assertThat(drawn()).as("an hour at most").hasSize(3);

    useless(server(1));
    known.draw().report().answered(server(1), server(1), Duration.ofMillis(3));
    assertThat(drawn()).as("it is well again").hasSize(3);
    assertThat(remembered).containsExactly(server(1));
    useless(server(1));
    loop.advance(Duration.ofMinutes(1));
    assertThat(drawn()).hasSize(3);
  }

  @Test
  void aBlockedCohortMakesRoomForAnotherAndThereIsAlwaysSomebodyToAsk() {
    known.learn(Source.FREDDIE, servers(1, 10));
    StunCohort first = known.draw();
    first.servers().forEach(first.report()::useless);
    StunCohort second = known.draw();
    assertThat(second.servers()).hasSize(5).doesNotContainAnyElementsOf(first.servers());
    loop.advance(Duration.ofSeconds(10));
    second.servers().forEach(second.report()::useless);
    assertThat(drawn()).as("those who rest longest").hasSize(2);
    assertThat(first.servers()).containsAll(drawn());
  }

  @Test
  void strangersCannotMakeItGrow() {
    StunCohort earlier = known.draw();
    for (int round = 0; round < 200; round++) {
      int port = 1000 + round;
      known.learn(
          Source.FREDDIE,
          IntStream.range(0, 1000)
              .mapToObj(i -> InetSocketAddress.createUnresolved("h" + i + ".example", port))
              .toList());
      drawn().forEach(earlier.report()::useless);
    }
    // Who is not named any more is not put aside any more either.
    known.learn(Source.FREDDIE, servers(1, 3));
    earlier.report().useless(server(9));
    assertThat(drawn()).hasSize(3);
    known.learn(Source.FREDDIE, List.of(server(9), server(1), server(2)));
    assertThat(drawn()).contains(server(9));
  }
}
