// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DivisionTest {
  private static final Rate SHARE = Rate.ofMbit(20);
  private static final Rate FREE = Rate.ofMbit(1);

  private static Claim claim(double weight, int floorMbit, int ceilMbit) {
    return new Claim(
        weight,
        floorMbit == 0 ? Optional.empty() : Optional.of(Rate.ofMbit(floorMbit)),
        ceilMbit == 0 ? Optional.empty() : Optional.of(Rate.ofMbit(ceilMbit)));
  }

  private static long kbit(Map<String, Portion> portions, String key) {
    return Objects.requireNonNull(portions.get(key)).rate().kbit();
  }

  @Test
  void dividesByWeightAndLendsTheRest() {
    var portions = Division.of(SHARE, FREE, Map.of("alice", Claim.of(3), "bob", Claim.of(1)));
    assertThat(portions.get("alice")).isEqualTo(new Portion(Rate.ofMbit(15), SHARE, 3 * 1514));
    assertThat(portions.get("bob")).isEqualTo(new Portion(Rate.ofMbit(5), SHARE, 1514));
  }

  @Test
  void onlyTheProportionOfWeightsCounts() {
    assertThat(Division.of(SHARE, FREE, Map.of("alice", Claim.of(0.003), "bob", Claim.of(0.001))))
        .isEqualTo(
            Division.of(SHARE, FREE, Map.of("alice", Claim.of(300_000), "bob", Claim.of(100_000))));
  }

  @Test
  void whoPaysNothingKeepsTheFreeFloor() {
    var portions = Division.of(SHARE, FREE, Map.of("alice", Claim.of(3), "bob", Claim.of(0)));
    assertThat(kbit(portions, "alice")).isEqualTo(19_000);
    assertThat(kbit(portions, "bob")).isEqualTo(1_000);
  }

  @Test
  void manyWhoPayNothingTakeAQuarterAtMost() {
    Map<String, Claim> claims = new LinkedHashMap<>();
    claims.put("alice", Claim.of(3));
    for (int each = 0; each < 99; each++) {
      claims.put("free" + each, Claim.of(0));
    }
    var portions = Division.of(SHARE, FREE, claims);
    assertThat(kbit(portions, "alice")).isGreaterThanOrEqualTo(15_000);
    assertThat(kbit(portions, "free0")).isEqualTo(50);
  }

  @Test
  void aFloorIsKeptAndTheOthersDivideWhatIsLeft() {
    var portions =
        Division.of(
            SHARE, FREE, Map.of("alice", Claim.of(3), "bob", Claim.of(1), "carol", claim(0, 8, 0)));
    assertThat(kbit(portions, "carol")).isEqualTo(8_000);
    assertThat(kbit(portions, "alice")).isEqualTo(9_000);
    assertThat(kbit(portions, "bob")).isEqualTo(3_000);
  }

  @Test
  void aCeilIsKeptAndTheOthersDivideWhatItLeaves() {
    var portions = Division.of(SHARE, FREE, Map.of("alice", claim(3, 0, 2), "bob", Claim.of(1)));
    assertThat(portions).containsEntry("alice", new Portion(Rate.ofMbit(2), Rate.ofMbit(2), 4542));
    assertThat(kbit(portions, "alice")).isEqualTo(2_000);
    assertThat(kbit(portions, "bob")).isEqualTo(18_000);
  }

  @Test
  void floorsBeyondTheShareShrinkAlike() {
    var portions =
        Division.of(SHARE, FREE, Map.of("alice", claim(9, 20, 0), "bob", claim(1, 20, 0)));
    assertThat(kbit(portions, "alice")).isEqualTo(10_000);
    assertThat(kbit(portions, "bob")).isEqualTo(10_000);
  }

  @Test
  void thePromisesNeverExceedTheShare() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      Rate share = new Rate(8 + random.nextInt(200_000));
      Map<String, Claim> claims = new LinkedHashMap<>();
      int neighbors = 1 + random.nextInt(40);
      for (int each = 0; each < neighbors; each++) {
        int floor = random.nextInt(4) == 0 ? 1 + random.nextInt(30) : 0;
        int ceil = random.nextInt(4) == 0 ? floor + 1 + random.nextInt(30) : 0;
        double weight = random.nextInt(3) == 0 ? 0 : Math.rint(random.nextDouble() * 1e6) / 1e3;
        claims.put("n" + each, claim(weight, floor, ceil));
      }
      var portions = Division.of(share, FREE, claims);
      assertThat(portions).hasSameSizeAs(claims);
      long sum = portions.values().stream().mapToLong(each -> each.rate().kbit()).sum();
      // The least that HTB can be told is 1 kbit/s.
      assertThat(sum).isLessThanOrEqualTo(share.kbit() + neighbors);
      portions.values().forEach(each -> assertThat(each.rate()).isLessThanOrEqualTo(each.ceil()));
    }
  }

  @Test
  void tellsWhatIsDueToThoseWhoWantMore() {
    Map<String, Claim> saturated = Map.of("alice", Claim.of(3), "bob", claim(1, 0, 2));
    assertThat(Division.due(12_000, SHARE, FREE, saturated, 3))
        .satisfies(due -> assertThat(due.get("alice")).isEqualTo(10_000, within(1.0)))
        .satisfies(due -> assertThat(due.get("bob")).isEqualTo(2_000, within(1.0)));
    assertThat(Division.due(4_000, SHARE, FREE, saturated, 3).get("bob"))
        .isEqualTo(1_000, within(1.0));
  }
}
