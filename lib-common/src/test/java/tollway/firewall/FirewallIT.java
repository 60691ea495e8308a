// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.lab.Netns;

/** What we write is understood by the real {@code nft}, and what it prints by us. */
final class FirewallIT {
  private @Nullable Netns netns;

  @BeforeEach
  void build() throws Exception {
    Netns.require("ip", "nft");
    netns = Netns.create();
  }

  @AfterEach
  void tearDown() throws IOException {
    if (netns != null) {
      netns.close();
    }
  }

  private Netns netns() {
    return Objects.requireNonNull(netns);
  }

  @Test
  void whatIsLoadedIsWhatStands() throws Exception {
    nft("table inet other {\n counter c {}\n}\n");
    Firewall firewall = new Firewall(host());
    for (ReversePath mode : ReversePath.values()) {
      Ruleset rules = new Ruleset(RulesetTest.TUNNELS, Set.of("eth*"), mode, true);
      firewall.load(rules);
      assertThat(firewall.standing(rules).deviations()).isEmpty();
      assertThat(firewall.standing().deviations()).as("without knowing").isEmpty();
      firewall.update(Ruleset.closed(mode));
      assertThat(firewall.standing(Ruleset.closed(mode)).deviations()).isEmpty();
      assertThat(firewall.standing(rules).deviations()).hasSizeGreaterThan(3);
    }
    firewall.remove();
    assertThat(firewall.stands()).isFalse();
    assertThat(netns().run("nft", "list", "tables").strip()).isEqualTo("table inet other");
  }

  @Test
  void countersGoOnWhateverIsLoadedUponThem() throws Exception {
    Firewall firewall = new Firewall(host());
    firewall.load(RulesetTest.STRICT);
    String first = id(firewall);
    firewall.update(Ruleset.closed(ReversePath.LOOSE));
    firewall.update(RulesetTest.STRICT);
    new Firewall(host()).load(RulesetTest.STRICT); // As after a crash.
    assertThat(id(firewall)).isEqualTo(first);
    nft("flush chain inet tollway between\nflush set inet tollway authed\n");
    nft("table inet tollway {\n chain forward {\n policy accept;\n }\n}\n");
    assertThat(firewall.standing(RulesetTest.STRICT).deviations()).hasSizeGreaterThan(4);
    firewall.load(RulesetTest.STRICT);
    assertThat(id(firewall)).isEqualTo(first);
    assertThat(firewall.standing(RulesetTest.STRICT).deviations()).isEmpty();
    nft("delete table inet tollway\n");
    firewall.load(RulesetTest.STRICT);
    assertThat(id(firewall)).as("they begin anew, and say so").isNotEqualTo(first);
  }

  @Test
  void whatWasAddedToOurTablesGoes() throws Exception {
    Firewall firewall = new Firewall(host());
    firewall.load(RulesetTest.STRICT);
    nft("table inet tollway { chain mine { accept\n }\n }\n");
    nft("add rule inet tollway forward accept\nadd rule bridge tollway forward accept\n");
    assertThat(firewall.standing(RulesetTest.STRICT).deviations())
        .contains("there is also table inet tollway chain mine");
    firewall.load(RulesetTest.STRICT);
    assertThat(firewall.standing(RulesetTest.STRICT).deviations()).isEmpty();
  }

  @Test
  void aTableOfAnotherMakeIsReplaced() throws Exception {
    nft("table inet tollway {\n set authed { type mark\n }\n chain forward { accept\n }\n}\n");
    Firewall firewall = new Firewall(host());
    firewall.load(RulesetTest.STRICT);
    assertThat(firewall.standing(RulesetTest.STRICT).deviations()).isEmpty();
  }

  @Test
  void aBatchWithAFaultChangesNothing() throws Exception {
    new Firewall(host()).load(RulesetTest.STRICT);
    String before = netns().run("nft", "list", "table", "inet", "tollway");
    HostCommand.Result refused =
        netns().attempt(RulesetTest.STRICT.update("") + "nonsense\n", "nft", "-f", "-");
    assertThat(refused.exitCode()).isNotZero();
    assertThat(netns().run("nft", "list", "table", "inet", "tollway")).isEqualTo(before);
  }

  @Test
  void aKernelWithoutBridgesStillGetsThePolicy() throws Exception {
    Host lacking =
        new Host() {
          @Override
          public HostCommand.Result attempt(List<String> command, String stdin) throws IOException {
            return stdin.contains("table bridge")
                ? new HostCommand.Result(1, "", "Could not process rule: not supported")
                : host().attempt(command, stdin);
          }

          @Override
          public void set(Path setting, String value) {
            throw new AssertionError();
          }

          @Override
          public boolean has(String program) {
            return true;
          }
        };
    Firewall firewall = new Firewall(lacking);
    firewall.load(RulesetTest.STRICT);
    firewall.update(RulesetTest.STRICT);
    assertThat(firewall.standing(RulesetTest.STRICT).deviations()).isEmpty();
    firewall.remove();
    assertThat(netns().run("nft", "list", "tables")).isEmpty();
  }

  private static String id(Firewall firewall) throws IOException {
    Map<String, Firewall.Traffic> in = firewall.standing(RulesetTest.STRICT).in();
    return Objects.requireNonNull(in.get("twcarol")).id();
  }

  private void nft(String rules) throws IOException {
    HostCommand.checked(List.of("nft", "-f", "-"), netns().attempt(rules, "nft", "-f", "-"));
  }

  private Host host() {
    return new Host() {
      @Override
      public HostCommand.Result attempt(List<String> command, String stdin) throws IOException {
        return netns().attempt(stdin, command.toArray(new String[0]));
      }

      @Override
      public void set(Path setting, String value) {
        throw new AssertionError();
      }

      @Override
      public boolean has(String program) {
        return true;
      }
    };
  }
}
