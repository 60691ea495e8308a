// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.Host;

/** On a directory that looks like the settings of a kernel before 6.17. */
final class BorrowedSettingsTest {
  @TempDir private Path directory;

  @BeforeEach
  void describeTheKernel() throws IOException {
    set("all/forwarding", "0");
    set("eth0/accept_ra", "1");
    set("eth1/accept_ra", "0");
  }

  @Test
  void borrowsAndGivesBack() throws Exception {
    settings().forwardIpv6();
    assertThat(get("all/forwarding")).isEqualTo("1");
    assertThat(get("eth0/accept_ra")).isEqualTo("2");
    assertThat(get("eth1/accept_ra")).isEqualTo("0");
    settings().giveBack();
    assertThat(get("all/forwarding")).isEqualTo("0");
    assertThat(get("eth0/accept_ra")).isEqualTo("1");
    assertThat(memory()).doesNotExist();
  }

  @Test
  void givesBackWhatARunThatCrashedBorrowed() throws Exception {
    settings().forwardIpv6();
    settings().forwardIpv6();
    settings().giveBack();
    assertThat(get("all/forwarding")).isEqualTo("0");
    assertThat(get("eth0/accept_ra")).isEqualTo("1");
  }

  @Test
  void leavesAHostAloneThatForwardsAlready() throws Exception {
    set("all/forwarding", "1");
    settings().forwardIpv6();
    assertThat(memory()).doesNotExist();
    settings().giveBack();
    assertThat(get("all/forwarding")).isEqualTo("1");
  }

  @Test
  void leavesAKernelAloneThatHasASwitchForEachInterface() throws Exception {
    set("all/force_forwarding", "0");
    settings().forwardIpv6();
    assertThat(get("all/forwarding")).isEqualTo("0");
  }

  @Test
  void doesNotMissAnInterfaceThatIsGone() throws Exception {
    settings().forwardIpv6();
    Files.delete(file("eth0/accept_ra"));
    settings().giveBack();
    assertThat(get("all/forwarding")).isEqualTo("0");
    assertThat(file("eth0/accept_ra")).doesNotExist();
  }

  private BorrowedSettings settings() {
    return new BorrowedSettings(Host.real(), directory, memory());
  }

  private Path memory() {
    return directory.resolve("memory");
  }

  private Path file(String key) {
    return directory.resolve("ipv6/conf").resolve(key);
  }

  private void set(String key, String value) throws IOException {
    Files.createDirectories(file(key).getParent());
    Files.writeString(file(key), value + "\n");
  }

  private String get(String key) throws IOException {
    return Files.readString(file(key)).strip();
  }
}
