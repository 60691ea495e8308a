// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cohort.BundledServers;
import tollway.cohort.ServerCache;
import tollway.lab.Await;
import tollway.loop.ThreadEventLoop;
import tollway.stun.StunCohort;

/** No name is looked up, and nobody is asked: what would be is what is looked at. */
final class StunPoolTest {
  private static final URI FAR = URI.create("https://freddie.example.org");
  private static final InetSocketAddress SEEN = new InetSocketAddress("9.9.9.9", 3478);

  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("pool-test");
  private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();

  @AfterEach
  void close() {
    loop.close();
  }

  private Path file() {
    return directory.resolve("stun.jsonl");
  }

  private StunPool pool(StunChoice choice, URI freddie, boolean lab, String... invited) {
    return new StunPool(
        loop, choice, List.of(freddie), Stream.of(invited), lab, this::unknownToEverybody);
  }

  private InetAddress unknownToEverybody(String name) throws UnknownHostException {
    lookedUp.add(name);
    throw new UnknownHostException(name);
  }

  private StunChoice usual() {
    return new StunChoice(List.of(), false, Optional.of(file()));
  }

  private <T> T onLoop(Supplier<T> question) throws Exception {
    return CompletableFuture.supplyAsync(question, loop).get(20, TimeUnit.SECONDS);
  }

  private StunCohort welcomed(StunPool pool, boolean near, String... offered) throws Exception {
    return onLoop(
        () -> {
          pool.welcomed(List.of(offered), near);
          return pool.draw();
        });
  }

  private void remember() {
    new ServerCache(file()).add(Map.of(SEEN, Duration.ofMillis(5)), Instant.now());
  }

  @Test
  void whoNamesNobodyGetsTheBundledServers() throws Exception {
    StunCohort cohort = welcomed(pool(StunChoice.USUAL, FAR, false), false);
    assertThat(cohort.servers()).hasSize(5).allMatch(InetSocketAddress::isUnresolved);
    assertThat(BundledServers.read())
        .containsAll(
            cohort.servers().stream().map(at -> at.getHostString() + ":" + at.getPort()).toList());
  }

  @Test
  void anExperimentIsHeardByNobody() throws Exception {
    remember();
    List<StunPool> own =
        List.of(
            pool(usual(), URI.create("http://127.0.0.1:8480"), false),
            pool(usual(), URI.create("http://192.168.1.5"), false),
            pool(usual(), FAR, true));
    for (StunPool pool : own) {
      assertThat(welcomed(pool, false).servers()).isEmpty();
    }
    // A name may be that of this host; only the connection tells.
    StunPool near = pool(usual(), FAR, false);
    assertThat(welcomed(near, true).servers()).isEmpty();
    assertThat(welcomed(near, true, "127.0.0.1:3478").servers()).hasSize(1);
    assertThat(lookedUp).isEmpty();
  }

  @Test
  void whoNamesServersIsAskedForNoOthersThanFreddies() throws Exception {
    remember();
    StunChoice mine = new StunChoice(List.of("192.0.2.1:3478"), false, Optional.of(file()));
    StunPool pool = pool(mine, FAR, false, "192.0.2.3:3478");
    assertThat(welcomed(pool, false, "192.0.2.2:3478", "nonsense").servers())
        .extracting(InetSocketAddress::getHostString)
        .startsWith("192.0.2.1")
        .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "192.0.2.3");
    assertThat(welcomed(pool, false).servers()).hasSize(2);

    StunPool silent =
        pool(new StunChoice(List.of(), true, Optional.of(file())), FAR, false, "192.0.2.3:3478");
    assertThat(welcomed(silent, false, "192.0.2.2:3478").servers()).isEmpty();
    assertThat(lookedUp).isEmpty();
  }

  @Test
  void whoAnsweredSomeOtherDayStandsInForWhomFreddieNames() throws Exception {
    remember();
    StunPool pool = pool(usual(), FAR, false);
    welcomed(pool, false, "192.0.2.2:3478");
    Await.until("the file is read", () -> onLoop(() -> pool.draw().servers()).contains(SEEN));
    assertThat(lookedUp).as("nobody has been bundled").isEmpty();
  }

  @Test
  void whoAnswersIsWrittenDown() throws Exception {
    StunPool pool = pool(usual(), FAR, false);
    StunCohort cohort = welcomed(pool, false, "9.9.9.9:3478", "192.0.2.2:3478");
    onLoop(
        () -> {
          cohort.servers().forEach(each -> answered(cohort, each));
          return true;
        });
    Await.until("the file is there", () -> Files.exists(file()));
    assertThat(new ServerCache(file()).read(Instant.now())).containsExactly(SEEN);
  }

  private static void answered(StunCohort cohort, InetSocketAddress server) {
    cohort.report().answered(server, server, Duration.ofMillis(7));
  }
}
