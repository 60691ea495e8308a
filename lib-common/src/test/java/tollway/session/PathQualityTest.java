// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PathQualityTest {
  private final PathQuality quality = new PathQuality();
  private long micros;
  private long packets;
  private long missing;
  private long bytes;

  @Test
  void onlyAFastAndCleanPathGetsLongPackets() {
    assertThat(quality.datagramsPerPacket()).isEqualTo(1);
    report(0, 0, 0);
    report(10, 0, 2_000); // 100 kB/s.
    assertThat(quality.datagramsPerPacket()).isEqualTo(1);
    report(10, 0, 70_000); // 3.5 MB/s.
    assertThat(quality.datagramsPerPacket()).isEqualTo(5);
    report(90, 10, 100_000);
    assertThat(quality.datagramsPerPacket()).isEqualTo(1);
  }

  @Test
  void aPathThatNoLongerLosesGetsLongPacketsAgain() {
    report(0, 0, 0);
    report(90, 10, 100_000);
    assertThat(quality.datagramsPerPacket()).isEqualTo(1);
    for (int i = 0; i < 60; i++) {
      report(100, 0, 140_000);
    }
    assertThat(quality.datagramsPerPacket()).isEqualTo(5);
  }

  /** What 20 ms brought. */
  private void report(int arrived, int lost, int size) {
    micros += 20_000;
    packets += arrived;
    missing += lost;
    bytes += size;
    quality.reported(new PathFrame.Report(micros, packets, missing, bytes, 1400), micros * 1000);
  }
}
