// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.loop.NettyLoops;

final class VerificationTest {
  private final NettyLoops loops = new NettyLoops(1);
  private final List<ScriptedServer> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(ScriptedServer::close);
    loops.close();
  }

  private List<InetSocketAddress> honest(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      servers.add(ScriptedServer.on(ScriptedServer.Kind.HONEST, "127.0.9." + (i + 1)));
    }
    return servers.stream().map(ScriptedServer::address).toList();
  }

  @Test
  void examinesMoreThanItDoesAtATime() throws Exception {
    List<Integer> progress = new CopyOnWriteArrayList<>();
    List<Examination> found =
        Verification.run(loops.next(), honest(100), 1_000, progress::add)
            .get(120, TimeUnit.SECONDS);

    assertThat(found).hasSize(100).allMatch(Examination::isGood);
    assertThat(progress).hasSize(100).isSorted();
    assertThat(servers).allMatch(each -> each.asked() == 5);
  }

  @Test
  void keepsToASlowRate() throws Exception {
    long begun = System.nanoTime();
    Verification.run(loops.next(), honest(2), 20, done -> {}).get(120, TimeUnit.SECONDS);
    // Ten questions, 20 a second.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(500));
  }

  @Test
  void nobodyToExamineIsSoonDone() throws Exception {
    assertThat(
            Verification.run(loops.next(), List.of(), 1_000, done -> {}).get(60, TimeUnit.SECONDS))
        .isEmpty();
  }
}
