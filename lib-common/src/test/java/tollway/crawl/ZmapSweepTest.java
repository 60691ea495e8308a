// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.exec.HostCommand;

final class ZmapSweepTest {
  private static final ZmapSweep.Link LINK = new ZmapSweep.Link("eth0", "02:00:00:00:00:01");

  /** Golden: what zmap 2.1.1 was seen to understand. */
  @Test
  void givesZmapNoChoice() {
    ZmapSweep sweep =
        new ZmapSweep(
            Ipv4Ranges.of(List.of(Ipv4Block.of("198.51.100.0/24"))), 3478, 100, new byte[16], LINK);
    assertThat(String.join(" ", sweep.command()))
        .isEqualTo(
            "zmap -C /dev/null -b /dev/null -w /dev/stdin -M udp -p 3478"
                + " --probe-args=hex:000100002112a442000000000000000000000000 -i eth0"
                + " -G 02:00:00:00:00:01 -r 100 -c 3 -q --disable-syslog -O csv"
                + " -f saddr,sport,success,data"
                + " --output-filter=success = 1 && repeat = 0 -o -");
    assertThat(sweep.limit()).isEqualTo(Duration.ofSeconds(30 + 3 + 5));
  }

  /** Golden: what zmap 2.1.1 was seen to say. */
  @Test
  void tellsInAFewWordsWhyZmapFailed() {
    String begin = "Nov 22 18:15:43.575 [INFO] zmap: syslog support disabled\n";
    assertThat(failure(begin + "Nov 22 18:15:43.584 [FATAL] recv: could not open device lo\n"))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("ZMap failed with exit code 1: recv: could not open device lo");
    assertThat(
            failure(
                "Nov 22 18:15:43.611 [FATAL] recv: could not open device lo: lo: You don't have"
                    + " permission to perform this capture on that device (socket: Operation not"
                    + " permitted)\n"))
        .isInstanceOf(ZmapSweep.NotAllowedException.class)
        .hasMessageStartingWith("recv: could not open device lo: lo: You don't");
    assertThat(failure("")).hasMessage("ZMap failed with exit code 1: ");
    assertThat(failure("x".repeat(10_000)).getMessage()).hasSizeLessThan(200);
  }

  private static IOException failure(String stderr) {
    return ZmapSweep.failure(new HostCommand.Result(1, "", stderr));
  }

  @ParameterizedTest
  @CsvSource({"-rf, 02:00:00:00:00:01", "eth0, 02:00:00:00:00", "eth 0, 02:00:00:00:00:01"})
  void linksThatAreNoneAreRefused(String device, String gateway) {
    assertThatThrownBy(() -> new ZmapSweep.Link(device, gateway))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
