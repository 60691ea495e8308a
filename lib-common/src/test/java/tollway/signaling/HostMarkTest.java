// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

final class HostMarkTest {
  private static final Bytes SALT = Bytes.of(new byte[32]);

  @Test
  void aHostIsKnownAgainByTheSameSaltAlone() throws Exception {
    Path machine = Path.of("/etc/machine-id");
    assumeThat(Files.exists(machine) && !Files.readString(machine).isBlank())
        .as("this machine has an id in " + machine)
        .isTrue();
    Bytes mark = HostMark.of(SALT).orElseThrow();
    assertThat(mark.size()).isEqualTo(HostMark.SIZE);
    assertThat(HostMark.of(SALT)).contains(mark);
    assertThat(HostMark.of(Bytes.ofUtf8("another salt")))
        .isPresent()
        .isNotEqualTo(HostMark.of(SALT));
  }
}
