// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConsensusTest {
  private static final String ME = "10.0.0.2:5000";
  private final List<Examination> examinations = new ArrayList<>();

  /** A server on {@code host}, which tells us {@code mapped}. */
  private void told(String host, String mapped) {
    Examination.Said said =
        new Examination.Said(
            address(mapped), address(ME), false, true, "", Examination.Discovery.NO);
    examinations.add(
        new Examination(
            address(host + ":3478"),
            Verdict.GOOD,
            "",
            new Examination.Rounds(5, 5, Duration.ofMillis(1), Duration.ofMillis(1)),
            Optional.of(said)));
  }

  /** c: confirmed, g: good, w: wrong; in order. */
  private String settled(String... known) throws Exception {
    Set<InetAddress> addresses = new java.util.HashSet<>();
    for (String each : known) {
      addresses.add(InetAddress.getByName(each));
    }
    StringBuilder text = new StringBuilder();
    for (Examination each : new Consensus(addresses).settle(examinations)) {
      boolean confirmed = each.said().orElseThrow().confirmed();
      text.append(
          switch (each.verdict()) {
            case GOOD -> confirmed ? "c" : "g";
            case WRONG_ADDRESS -> "w";
            default -> "?";
          });
    }
    return text.toString();
  }

  @Test
  void oneAloneIsBelievedAndNotConfirmed() throws Exception {
    told("192.0.2.1", "198.51.100.7:1");
    assertThat(settled()).isEqualTo("g");
    assertThat(settled("198.51.100.7")).isEqualTo("c");
    assertThat(settled("198.51.100.8")).isEqualTo("w");
    // Known of the other family: no help.
    assertThat(settled("2001:db8::1")).isEqualTo("g");
  }

  @Test
  void theMajorityIsRightAndPortsMayDiffer() throws Exception {
    told("192.0.2.1", "198.51.100.7:1");
    told("192.0.2.2", "198.51.100.7:2");
    told("192.0.2.3", "198.51.100.66:2");
    assertThat(settled()).isEqualTo("ccw");
  }

  @Test
  void aHostHasOneVoteWhateverItsPorts() throws Exception {
    told("192.0.2.66", "203.0.113.1:1");
    told("192.0.2.66", "203.0.113.1:1");
    told("192.0.2.66", "203.0.113.1:1");
    told("192.0.2.1", "198.51.100.7:1");
    assertThat(settled()).isEqualTo("gggg");
    told("192.0.2.2", "198.51.100.7:1");
    assertThat(settled()).isEqualTo("wwwcc");
  }

  @Test
  void anEvenSplitConfirmsNobody() throws Exception {
    told("192.0.2.1", "198.51.100.7:1");
    told("192.0.2.2", "198.51.100.7:1");
    told("192.0.2.3", "203.0.113.1:1");
    told("192.0.2.4", "203.0.113.1:1");
    assertThat(settled()).isEqualTo("gggg");
  }

  @Test
  void whoSeesOurOwnAddressProvesAllOthersWrong() throws Exception {
    told("192.0.2.1", "198.51.100.7:1");
    told("192.0.2.2", "198.51.100.7:1");
    told("192.0.2.3", "198.51.100.7:1");
    told("192.0.2.4", ME);
    assertThat(settled()).isEqualTo("wwwc");
  }

  @Test
  void serversInTheLocalNetworkHaveNoSayAboutTheOutside() throws Exception {
    told("10.0.0.1", ME);
    told("192.0.2.1", "198.51.100.7:1");
    assertThat(settled()).isEqualTo("cg");
  }

  @Test
  void noPublicServerSeesAPrivateAddress() throws Exception {
    told("192.0.2.1", "10.9.9.9:1");
    told("192.0.2.2", "0.0.0.0:1");
    assertThat(settled()).isEqualTo("ww");
  }

  @Test
  void whoFailedAlreadyStaysAsItIs() {
    Examination silent = Examination.failed(address("192.0.2.1:1"), Verdict.SILENT, "silent");
    assertThat(new Consensus(Set.of()).settle(List.of(silent))).containsExactly(silent);
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
