// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where weights come from, and how they are kept from jittering. */
final class WeightsTest {
  private static final String ALICE = "TBqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=";
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path directory;

  @Test
  void readsAFileAgainWhenItHasChanged() throws Exception {
    Path file = Files.writeString(directory.resolve("weights"), ALICE + " 3\n");
    FileWeights source = new FileWeights(file);
    assertThat(source.read()).contains(Map.of(ALICE, Claim.of(3)));
    assertThat(source.read()).as("unchanged").isEmpty();
    Files.writeString(file, ALICE + " 4\n");
    assertThat(source.read()).contains(Map.of(ALICE, Claim.of(4)));
    Files.writeString(file, ALICE + " many\n");
    assertThatThrownBy(source::read).isInstanceOf(IOException.class).hasMessageContaining("line 1");
    assertThat(source.read()).as("told once").isEmpty();
    Files.delete(file);
    assertThatThrownBy(source::read).hasMessageContaining("no file");
    Files.writeString(file, ALICE + " many\n" + " ".repeat(4 << 20));
    assertThatThrownBy(source::read).hasMessageContaining("larger");
    Files.writeString(file, ALICE + " 4\n");
    assertThat(source.read()).contains(Map.of(ALICE, Claim.of(4)));
  }

  @Test
  void runsAProgramWithinBounds() throws Exception {
    assertThat(program("echo '" + ALICE + " 2 floor=1mbit'").read())
        .hasValueSatisfying(claims -> assertThat(claims).containsOnlyKeys(ALICE));
    assertThatThrownBy(program("echo no money >&2; exit 7")::read)
        .hasMessageContaining("exit code 7: no money");
    assertThatThrownBy(program("echo nonsense")::read).hasMessageContaining("line 1");
    assertThatThrownBy(program("exec yes")::read).hasMessageContaining("more than");
    assertThatThrownBy(new ProgramWeights(directory.resolve("none"), Duration.ofSeconds(1))::read)
        .isInstanceOf(IOException.class);
  }

  private ProgramWeights program(String script) throws IOException {
    Path file = Files.createTempFile(directory, "program", "");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new ProgramWeights(file, Duration.ofSeconds(1));
  }

  @Test
  void smallChangesDoNotCountUntilTheyAddUp() {
    SteadyWeights steady = new SteadyWeights(Duration.ofMinutes(5));
    assertThat(says(steady, 100, 0)).isTrue();
    assertThat(says(steady, 104, 2)).isFalse();
    assertThat(steady.inForce().get("alice")).isEqualTo(Claim.of(100));
    assertThat(says(steady, 106, 4)).isTrue();
    assertThat(says(steady, 0, 6)).as("nothing is never a small change").isTrue();
    assertThat(says(steady, 0.001, 8)).isTrue();
  }

  @Test
  void changesComeOnceASecondAtMost() {
    SteadyWeights steady = new SteadyWeights(Duration.ofMinutes(5));
    int changes = 0;
    for (int tenth = 0; tenth < 100; tenth++) {
      steady.say(Map.of("alice", Claim.of(1 + tenth % 2)), tenth * SECOND / 10);
      changes += steady.settle(tenth * SECOND / 10) ? 1 : 0;
    }
    assertThat(changes).isBetween(2, 10);
    assertThat(says(steady, 77, 20)).isTrue();
  }

  @Test
  void whoIsMissingKeepsItsWeightForAWhile() {
    SteadyWeights steady = new SteadyWeights(Duration.ofMinutes(5));
    says(steady, 3, 0);
    steady.say(Map.of(), 10 * SECOND);
    assertThat(steady.settle(10 * SECOND)).isFalse();
    steady.say(Map.of(), 200 * SECOND);
    assertThat(steady.settle(309 * SECOND)).isFalse();
    assertThat(steady.inForce()).containsKey("alice");
    assertThat(steady.settle(310 * SECOND)).isTrue();
    assertThat(steady.inForce()).isEmpty();
    assertThat(says(steady, 3, 400)).isTrue();
  }

  private static boolean says(SteadyWeights steady, double weight, long second) {
    steady.say(Map.of("alice", Claim.of(weight)), second * SECOND);
    return steady.settle(second * SECOND);
  }
}
