// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.crawl.Examination;
import tollway.crawl.Sweep;
import tollway.crawl.Verdict;

final class CrawlSummaryTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 3478);

  private static Examination found(Verdict verdict) {
    return Examination.failed(SERVER, verdict, "");
  }

  @Test
  void isASentenceForPeople() {
    List<Examination> found =
        List.of(
            found(Verdict.GOOD),
            found(Verdict.SILENT),
            found(Verdict.GOOD),
            found(Verdict.WRONG_ADDRESS),
            found(Verdict.SILENT));
    CrawlSummary summary =
        new CrawlSummary(256, 6, 2, new Sweep.Result(3, 9, "no route"), found, 1, true);
    assertThat(summary.text())
        .isEqualTo(
            "2 of 256 addresses answer; 2 good (1 of them known from the list);"
                + " not good: 2 silent, 1 wrong-address");
    assertThat(summary.unsent()).isEqualTo("3 of 250 probes could not be sent: no route");
    assertThat(summary.json())
        .hasToString(
            "{\"addresses\":256,\"resumed_after\":6,\"unsent\":3,\"answered\":2,\"good\":2,"
                + "\"bad\":{\"silent\":2,\"wrong-address\":1},\"usable\":true}");
  }
}
