// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.UserErrorException;
import tollway.control.ControlCommands;
import tollway.control.ControlServer;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.ThreadEventLoop;
import tollway.neighbor.NeighborId;
import tollway.shaping.Rate;
import tollway.store.NodeStore;

/**
 * {@code share}, {@code weight} and {@code qos}, from the command line to what {@code tc} is told.
 */
final class ShareCommandsTest {
  private static final NodeId ALICE = Identity.generate(new SecureRandom()).nodeId();
  private static final NodeId BOB = Identity.generate(new SecureRandom()).nodeId();

  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("node");
  private final ThreadEventLoop os = new ThreadEventLoop("os");
  private final Scripted host = new Scripted();
  private final Map<String, Integer> classes = new HashMap<>();
  private @Nullable ControlServer server;
  private @Nullable NodeStore opened;

  /** A kernel that does all it is told, and says nothing. */
  private static final class Scripted implements Host {
    final List<String> told = new ArrayList<>();
    boolean tc = true;

    @Override
    public synchronized HostCommand.Result attempt(List<String> command, String stdin) {
      String line = String.join(" ", command);
      told.add(stdin.isEmpty() ? line : line + "\n" + stdin);
      return new HostCommand.Result(0, line.contains("qdisc show") ? "[]" : "", "");
    }

    @Override
    public void set(Path setting, String value) {}

    @Override
    public boolean has(String program) {
      return tc;
    }

    synchronized String last(String what) {
      return told.stream()
          .filter(line -> line.contains(what))
          .reduce((first, second) -> second)
          .orElse("");
    }
  }

  @BeforeEach
  void start() throws Exception {
    start(config(Optional.empty()));
  }

  private static SharesConfig config(Optional<ShareWish> wish) {
    return new SharesConfig(
        wish, Optional.empty(), Rate.ofMbit(1), Duration.ofMinutes(5), Optional.empty());
  }

  private void start(SharesConfig config) throws Exception {
    NeighborWeights weights = new NeighborWeights(loop, os, config);
    Shares shares =
        new Shares(
            loop,
            os,
            host,
            "tiself",
            config,
            weights,
            numbers -> {
              classes.clear();
              classes.putAll(numbers);
            });
    opened = NodeStore.open(directory.resolve("node.db"));
    ShareCommands commands =
        new ShareCommands(loop, os, shares, opened, () -> List.of(ALICE.base64(), BOB.base64()));
    ControlCommands known = new ControlCommands();
    commands.serve(known);
    onLoop(
        () -> {
          shares.tunnel(new NeighborId(ALICE, "a"), "twalice", true);
          shares.tunnel(new NeighborId(ALICE, "b"), "twalice2", true);
          shares.tunnel(new NeighborId(BOB, "a"), "twbob", true);
          shares.start(commands.recall());
        });
    server = ControlServer.open(socket(), loop, known);
  }

  private interface Work {
    void run() throws IOException;
  }

  private void onLoop(Work work) throws Exception {
    var task =
        new java.util.concurrent.FutureTask<>(
            () -> {
              work.run();
              return true;
            });
    loop.execute(task);
    try {
      task.get();
    } catch (java.util.concurrent.ExecutionException failed) {
      throw (Exception) Objects.requireNonNull(failed.getCause());
    }
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
    os.close();
    loop.close();
    if (opened != null) {
      opened.close();
    }
  }

  private NodeStore store() {
    return Objects.requireNonNull(opened);
  }

  private Path socket() {
    return directory.resolve("socket");
  }

  private Shell ask(String... command) {
    String[] whole = java.util.Arrays.copyOf(command, command.length + 2);
    whole[command.length] = "--control";
    whole[command.length + 1] = socket().toString();
    return Shell.scrooge(whole);
  }

  private void settled() throws Exception {
    for (int turn = 0; turn < 4; turn++) { // Loop, os, loop, and a second round.
      onLoop(() -> {});
      var done = new java.util.concurrent.FutureTask<>(() -> true);
      os.execute(done);
      done.get();
    }
  }

  @Test
  void aShareIsSetChangedAndTakenAway() throws Exception {
    assertThat(ask("share").line()).startsWith("no share is set");
    assertThat(ask("share", "40%", "--uplink", "50mbit").line())
        .isEqualTo("share 20mbit, 40% of an uplink of 50mbit, queues by cake");
    settled();
    assertThat(host.last("class replace"))
        .contains("classid 1:1 htb prio 1 rate 20000kbit ceil 20000kbit")
        .contains("prio 1 rate 10000kbit ceil 20000kbit");
    assertThat(host.last("filter replace")).contains("twalice ", "twalice2 ", "twbob ");
    assertThat(classes).containsOnlyKeys("twalice", "twalice2", "twbob");
    assertThat(classes.get("twalice")).isEqualTo(classes.get("twalice2"));
    assertThat(classes.get("twalice")).isNotEqualTo(classes.get("twbob"));
    assertThat(ask("share", "50%").line()).startsWith("share 25mbit, 50%");
    assertThat(ask("share", "--uplink", "100mbit").line()).startsWith("share 50mbit, 50%");
    assertThat(ask("share", "off").line()).startsWith("no share is set");
    settled();
    assertThat(classes).isEmpty();
    assertThat(host.last("link delete")).endsWith("tiself");
    assertThat(store().settings("share")).isEmpty();
  }

  @Test
  void weightsDivideIt() throws Exception {
    ask("share", "20mbit");
    String prefix = ALICE.base64().substring(0, 43);
    assertThat(ask("weight", prefix, "3", "--ceil", "12mbit").out())
        .containsPattern(
            java.util.regex.Pattern.quote(ALICE.base64()) + " +3 +operator +- +12mbit");
    settled();
    assertThat(host.last("class replace")).contains("rate 12000kbit ceil 12000kbit");
    String stranger = Identity.generate(new SecureRandom()).nodeId().base64();
    assertThat(ask("weight", stranger, "7").out()).contains(stranger);
    assertThat(store().settings("weight"))
        .isEqualTo(Map.of(ALICE.base64(), "3 ceil=12mbit", stranger, "7"));
    assertThat(ask("weight", prefix, "default").out())
        .containsPattern(java.util.regex.Pattern.quote(ALICE.base64()) + " +1 +default");
    settled();
    assertThat(host.last("class replace")).contains("rate 10000kbit ceil 20000kbit");
  }

  @Test
  void whatWasSaidOutlivesTheDaemon() throws Exception {
    ask("share", "20mbit");
    ask("weight", ALICE.base64(), "3");
    settled();
    store().set("weight", BOB.base64(), Optional.of("nonsense"));
    close();
    ShareCommandsTest next = new ShareCommandsTest();
    next.directory = directory;
    next.start();
    assertThat(next.host.last("class replace")).contains("prio 1 rate 15000kbit");
    next.close();
  }

  @Test
  void refusesWhatMakesNoSense() throws Exception {
    assertRefused(2, "of what?", "share", "40%");
    assertRefused(2, "neither a rate", "share", "much");
    assertRefused(2, "more than the uplink", "share", "60mbit", "--uplink", "50mbit");
    assertRefused(2, "between 0% and 100%", "share", "0%", "--uplink", "50mbit");
    assertRefused(2, "between 0% and 100%", "share", "101%", "--uplink", "50mbit");
    assertRefused(2, "no interface 'nosuchif0'", "share", "40%", "--uplink", "nosuchif0");
    assertRefused(2, "does not say its speed", "share", "40%", "--uplink", "lo");
    assertRefused(2, "no share is set", "share", "--uplink", "50mbit");
    assertRefused(2, "how much?", "weight", ALICE.base64());
    assertRefused(2, "whose?", "weight", "--floor", "1mbit");
    assertRefused(2, "no weight between", "weight", ALICE.base64(), "NaN");
    assertRefused(
        2, "floor above", "weight", ALICE.base64(), "1", "--floor", "2mbit", "--ceil", "1mbit");
    assertRefused(1, "'nobody' is neither a whole public key nor", "weight", "nobody", "1");
    assertRefused(4, "", "weight", "A".repeat(43) + "=", "1");
    assertThat(ask("share").line()).startsWith("no share is set");
    assertThat(store().settings("weight")).isEmpty();
  }

  @Test
  void aHostThatCannotShareSaysSoAndKeepsRunning() throws Exception {
    host.tc = false;
    assertRefused(3, "apt-get install iproute2", "share", "20mbit");
    assertThat(ask("share").line()).startsWith("no share is set");
    close();
    ShareCommandsTest demanding = new ShareCommandsTest();
    demanding.host.tc = false;
    demanding.directory = directory;
    SharesConfig demands = config(Optional.of(new ShareWish("20mbit", Optional.empty())));
    assertThatThrownBy(() -> demanding.start(demands))
        .isInstanceOf(Shares.LackingException.class)
        .hasMessageContaining("'tc' is missing");
    demanding.close();
    ShareCommandsTest kept = new ShareCommandsTest();
    kept.host.tc = false;
    kept.directory = directory;
    try (NodeStore before = NodeStore.open(directory.resolve("node.db"))) {
      before.set("share", "amount", Optional.of("20mbit"));
    }
    kept.start();
    assertThat(kept.ask("share").out()).contains("NOT IN EFFECT: this host cannot share");
    kept.close();
  }

  @Test
  void oneWhoIsGoneIsNoLongerClassified() throws Exception {
    assertThatThrownBy(() -> new ShareWish("40%", Optional.empty()).resolve())
        .isInstanceOf(UserErrorException.class);
    assertThat(ask("qos", "show").line()).startsWith("no share is set");
    assertThat(ask("qos", "show", "--json").line()).isEqualTo("{\"neighbors\":[]}");
  }

  private void assertRefused(int code, String why, String... command) {
    Shell said = ask(command);
    assertThat(said.err().strip().lines()).as(String.join(" ", command)).hasSize(1);
    assertThat(said.err()).contains(why);
    assertThat(said.exitCode()).as(said.err()).isEqualTo(code);
  }
}
