// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AcceptTroubleTest {
  private final List<String> said = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final EmbeddedChannel listener =
      new EmbeddedChannel(new AcceptTrouble(said::add, 1100, nanos::get));

  @Test
  void isToldOnceAMinuteWithWhatToChange() {
    for (int second = 0; second <= 60; second++) {
      listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
      nanos.addAndGet(1_000_000_000L);
    }
    listener.checkException(); // Nothing is left for Netty to tell.
    assertThat(said)
        .hasSize(2)
        .allMatch(line -> line.startsWith("no connection can be taken now: all "))
        .allMatch(line -> line.endsWith(" or LimitNOFILE= of a service, to 1100"));
  }

  @Test
  void otherTroublesAreToldAsTheyAre() {
    listener.pipeline().fireExceptionCaught(new IOException("Too many open files in system"));
    nanos.addAndGet(60_000_000_000L);
    listener.pipeline().fireExceptionCaught(new IOException("no memory"));
    assertThat(said.get(0)).endsWith("for anybody (fs.file-max)");
    assertThat(said.get(1)).isEqualTo("no connection can be taken now: no memory");
  }

  @Test
  void theLimitIsThatOfThisProcess() {
    assertThat(OpenFiles.limit().orElse(1)).isPositive();
  }
}
