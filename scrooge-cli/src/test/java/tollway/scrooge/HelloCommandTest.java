// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.scrooge.Shell.scrooge;

import org.junit.jupiter.api.Test;
import tollway.cli.ExitCode;

/** What needs no second node; the rest is in {@code WireHelloIT}. */
final class HelloCommandTest {
  private static void refuses(String reason, String... arguments) {
    Shell refused = scrooge(arguments);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains(reason).hasLineCount(1);
  }

  @Test
  void mistakesAreNamed() {
    refuses("--interface", "hello");
    refuses("no interface 'no-such-if'", "hello", "-i", "lo,no-such-if");
    refuses("--wait", "hello", "-i", "lo", "--wait", "soon");
    refuses("--to", "hello", "-i", "lo", "--to", "fe80::1");
    refuses("no such file", "hello", "-i", "lo", "--key", "/no/such/key");
  }

  @Test
  void anInterfaceWithoutALinkLocalAddressCannotBeUsed() {
    Shell failed = scrooge("hello", "-i", "lo", "--wait", "10ms");
    assertThat(failed.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(failed.err()).contains("link-local", "lo").hasLineCount(1);
    assertThat(failed.out()).isEmpty();
  }
}
