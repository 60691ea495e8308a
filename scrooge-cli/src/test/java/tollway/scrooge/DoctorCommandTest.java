// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.scrooge.Shell.scrooge;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;
import tollway.console.Check;
import tollway.console.Check.State;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/** Hosts that lack something are made up; the last test asks this one. */
final class DoctorCommandTest {
  @TempDir Path directory;

  /** A host with {@code programs}, where a command works unless it holds one of {@code refused}. */
  private record MadeUp(Set<String> programs, Set<String> refused, String stdout) implements Host {
    @Override
    public HostCommand.Result attempt(List<String> command, String stdin) {
      String whole = String.join(" ", command) + stdin;
      return refused.stream().anyMatch(whole::contains)
          ? new HostCommand.Result(1, "", "Error: Operation not supported\n")
          : new HostCommand.Result(0, stdout, "");
    }

    @Override
    public void set(Path setting, String value) {
      throw new AssertionError("a doctor changes nothing");
    }

    @Override
    public boolean has(String program) {
      return programs.contains(program);
    }
  }

  private static Host host(Set<String> programs, String... refused) {
    return new MadeUp(programs, Set.of(refused), "");
  }

  private List<Check> tunnel(Host host) throws Exception {
    Path tun = Files.writeString(directory.resolve("tun"), "");
    return new TunnelChecks(host, Sandbox.open(host), tun).all();
  }

  private static Map<String, State> states(List<Check> checks) {
    return checks.stream()
        .collect(java.util.stream.Collectors.toMap(Check::name, Check::state, (a, b) -> a));
  }

  @Test
  void oneOfTwoWaysToRunTunnelsIsEnough() throws Exception {
    assertThat(tunnel(host(Set.of("unshare", "ip", "wireguard-go"), "wireguard")))
        .filteredOn(each -> each.state() == State.FAIL)
        .isEmpty();
    assertThat(tunnel(host(Set.of("unshare", "ip", "wg"))))
        .allMatch(each -> each.state() == State.OK);
    assertThat(states(tunnel(host(Set.of("unshare", "ip"), "wireguard"))))
        .containsEntry("kernel WireGuard", State.FAIL)
        .containsEntry("wireguard-go", State.FAIL);
    assertThat(states(tunnel(host(Set.of("unshare"))))).containsEntry("ip", State.FAIL);
  }

  @Test
  void whatCannotBeTriedIsNoFailure() throws Exception {
    Host host = host(Set.of("ip", "wireguard-go", "nft", "tc"), "list ruleset");
    assertThat(tunnel(host)).noneMatch(each -> each.state() == State.FAIL);
    assertThat(new FirewallChecks(host, Sandbox.open(host)).all())
        .allMatch(each -> each.state() == State.WARN);
    assertThat(new ShapingChecks(host, Sandbox.open(host)).all())
        .allMatch(each -> each.state() == State.WARN);
  }

  @Test
  void aKernelWithoutThePolicyFailsAndOneWithoutBridgesWarns() throws Exception {
    Host none = host(Set.of("unshare", "nft"), "table inet");
    assertThat(new FirewallChecks(none, Sandbox.open(none)).all().get(0).line())
        .startsWith("FAIL  nft inet family")
        .contains("Operation not supported");
    Host noBridge = host(Set.of("unshare", "nft"), "table bridge");
    assertThat(states(new FirewallChecks(noBridge, Sandbox.open(noBridge)).all()))
        .containsEntry("nft inet family", State.OK)
        .containsEntry("nft bridge family", State.WARN);
  }

  @Test
  void anotherTableThatDropsIsNamedUnlessItKnowsOurPort() {
    String chain =
        """
        {"nftables":[
          {"chain":{"family":"inet","table":"filter","name":"in","hook":"input","policy":"drop"}},
          {"chain":{"family":"inet","table":"tollway","name":"forward","hook":"forward","policy":"drop"}}
          %s]}""";
    assertThat(FirewallChecks.judge(parse(chain.formatted(""))).line())
        .startsWith("warn  other nft tables")
        .contains("drop by default in filter in (input): let in UDP 8481");
    String rule =
        ",{\"rule\":{\"table\":\"filter\",\"chain\":\"in\",\"expr\":[{\"match\":{\"right\":8481}}]}}";
    assertThat(FirewallChecks.judge(parse(chain.formatted(rule))).state()).isEqualTo(State.OK);
  }

  @Test
  void leafQdiscsAreNamedAsTheKernelHasThem() throws Exception {
    Host host =
        new MadeUp(
            Set.of("unshare", "tc"), Set.of(), "ifb\nclsact\nhtb\nleaf-fq\nleaf-pfifo\nmirred\n");
    List<Check> checks = new ShapingChecks(host, Sandbox.open(host)).all();
    assertThat(checks.get(checks.size() - 1).text()).isEqualTo("fq, pfifo");
    assertThat(states(checks)).containsEntry("tc mirred", State.OK);
  }

  @Test
  void aKeyThatOthersCanReadAndAClockThatWentBackAreTold() throws Exception {
    Path key = directory.resolve("key.pem");
    assertThat(scrooge("keygen", "-o", key.toString()).exitCode()).isZero();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    long hourAhead = (now.getEpochSecond() + 3600) * 1_000_000;
    Files.writeString(directory.resolve("seqno"), hourAhead + "\n");
    List<Check> checks = new FileChecks(key, directory, now).all();
    assertThat(checks.get(0).line()).startsWith("FAIL  key").contains("chmod 600");
    assertThat(checks.get(1).line()).startsWith("ok    state");
    assertThat(checks.get(2).text()).startsWith("PT1H behind the sequence numbers");
    assertThat(new FileChecks(key, key.resolve("x"), now).all().get(1).state())
        .isEqualTo(State.FAIL);
  }

  @Test
  void aLinkThatIsNotThereFailsAndAPatternWaits() throws Exception {
    Map<String, State> states = states(new LinkChecks(List.of("nowhere0", "nowh*"), false).all());
    assertThat(states)
        .containsEntry("link nowhere0", State.FAIL)
        .containsEntry("link nowh*", State.WARN);
  }

  @Test
  void aSettingOfSeveralDigitsIsReadWhole() throws Exception {
    Path setting = Path.of("/proc/sys/kernel/pid_max");
    assertThat(Host.real().read(setting))
        .hasValueSatisfying(most -> assertThat(most).hasSizeGreaterThan(2));
  }

  @Test
  void asksThisHostWithoutChangingIt() throws Exception {
    String[] line = {
      "doctor",
      "--json",
      "--control",
      directory + "/s",
      "--state",
      directory.toString(),
      "--key",
      directory + "/none.pem"
    };
    Shell said = scrooge(line);
    JsonObject report = parse(said.out());
    boolean fine = report.get("fine").getAsBoolean();
    assertThat(said.exitCode()).isEqualTo(fine ? ExitCode.DONE : ExitCode.UNAVAILABLE);
    assertThat(report.getAsJsonArray("checks")).hasSizeGreaterThan(12);
    assertThat(directory).isEmptyDirectory();
    Optional<Sandbox> sandbox = Sandbox.open(Host.real());
    if (sandbox.isPresent()) {
      assertThat(sandbox.get().run("", "cat", "/proc/net/dev").stdout()).doesNotContain("tw");
    }
  }

  private static JsonObject parse(String json) {
    return JsonParser.parseString(json).getAsJsonObject();
  }
}
