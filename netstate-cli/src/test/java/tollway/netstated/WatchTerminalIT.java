// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.loop.NettyLoops;
import tollway.netstate.GraphLimits;
import tollway.netstate.NetstateReporter;
import tollway.netstate.NodeReport;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;

/** {@code netstate watch} in a real terminal, with a real server. */
final class WatchTerminalIT {
  private static final String NETSTATE = NetstateMain.class.getName();
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";

  @TempDir private Path directory;

  private final NettyLoops loops = new NettyLoops(1);
  private NetstateServer server;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.isExecutable(Tmux.PROGRAM), "there is no " + Tmux.PROGRAM + ": not checked");
    server = serve(0);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    loops.close();
  }

  @Test
  @SuppressWarnings("try") // Alice leaves in the middle.
  void showsNodesAndLinksAsTheyChange() throws Exception {
    try (Tmux terminal = watch(Map.of("NO_COLOR", ""));
        NetstateReporter bob = reporter();
        NetstateReporter alice = reporter()) {
      terminal.awaitScreen("nothing reported yet");
      alice.update(Cast.alice(Cast.idle(Cast.BOB, Role.WIDGET)));
      bob.update(Cast.bob(Cast.idle(Cast.ALICE, Role.DESKTOP), Cast.idle(Cast.EXIT, Role.EGRESS)));
      terminal.awaitScreen("alice --> bob widget idle");
      terminal.awaitScreen("0 of 1 people helped, 1 widget, 1 exit, 0 B/s");
      assertThat(terminal.styledScreen()).contains(YELLOW).doesNotContain("==>");
      alice.update(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, 1_500_000)));
      terminal.awaitScreen("alice ==> bob widget 1.5 MB/s");
      assertThat(terminal.screen()).contains("People cut off", "Widgets", "Exits");
      String styled = terminal.styledScreen();
      assertThat(styled.lines().filter(line -> line.contains("==>")))
          .isNotEmpty()
          .allMatch(line -> line.contains(GREEN) && !line.contains(YELLOW));
      assertThat(styled.lines().filter(line -> line.contains("-->")))
          .isNotEmpty()
          .allMatch(line -> line.contains(YELLOW) && !line.contains(GREEN));
      alice.close();
      terminal.awaitScreen(" ? --> bob widget");
      leave(terminal, "q");
    }
  }

  @Test
  void followsTheTerminalsSizeAndScrolls() throws Exception {
    try (Tmux terminal = watch(Map.of());
        NetstateReporter alice = reporter()) {
      alice.update(
          new NodeReport(
              Cast.ALICE,
              Role.DESKTOP,
              "alice",
              IntStream.range(10, 40)
                  .mapToObj(i -> Cast.active(Cast.node(i), Role.WIDGET, 1000L * i))
                  .toList()));
      terminal.awaitScreen("rows 1-19 of 63");
      terminal.resize(50, 12);
      terminal.awaitScreen("rows 1-");
      Await.until("twelve rows", () -> terminal.screen().lines().count() == 12);
      terminal.awaitScreen("q quit");
      terminal.press("End");
      terminal.awaitScreen("rows 57-63 of");
      terminal.press("Home");
      terminal.awaitScreen("People cut off");
      terminal.press("NPage");
      Await.until("a page further", () -> !terminal.screen().contains("People cut off"));
      terminal.press("g");
      terminal.awaitScreen("People cut off");
      terminal.resize(100, 70);
      terminal.awaitScreen("30 widgets");
      Await.until("no need to scroll", () -> !terminal.screen().contains(", rows "));
      terminal.resize(3, 2);
      terminal.resize(1, 1);
      terminal.resize(80, 24);
      terminal.awaitScreen("rows 1-19 of 63");
      leave(terminal, "C-c");
    }
  }

  @Test
  void withoutColourNothingIsColoured() throws Exception {
    try (Tmux terminal = watch(Map.of("NO_COLOR", "1"));
        NetstateReporter alice = reporter()) {
      alice.update(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, 5)));
      terminal.awaitScreen("==>");
      assertThat(terminal.styledScreen()).doesNotContain("\u001b");
      leave(terminal, "q");
    }
  }

  @Test
  void findsAServerThatCameBackAndStopsWhenTold() throws Exception {
    int port = server.address().getPort();
    try (Tmux terminal = watch(Map.of())) {
      terminal.awaitScreen(" live");
      server.close();
      terminal.awaitScreen("LOST: ");
      server = serve(port);
      terminal.awaitScreen(" live");
      terminal.program().destroy();
      awaitCleanEnd(terminal, 0);
    }
  }

  @Test
  void leavesTheTerminalAloneWhenNobodyIsThere() throws Exception {
    String url;
    try (ServerSocket free = new ServerSocket(0)) {
      url = "http://127.0.0.1:" + free.getLocalPort();
    }
    try (Tmux terminal = Tmux.run(directory, Map.of(), NETSTATE, "watch", url)) {
      awaitCleanEnd(terminal, 3);
      assertThat(terminal.screen()).contains("cannot watch " + url + ": connection refused");
      assertThat(terminal.bytes()).doesNotContain("\u001b[");
    }
  }

  @Test
  void whatMallorySendsNeverReachesTheTerminal() throws Exception {
    String graph =
        "event: graph\ndata: {\"version\":%d,\"nodes\":[{\"id\":\"a\",\"role\":\"desktop\","
            + "\"tag\":\"%s\",\"reporting\":true}],\"links\":[]}\n\n";
    String events =
        graph.formatted(1, "alice")
            + graph.formatted(2, "\u001b]0;pwned\u0007\u009b31m\\u001b[2J\\u0007");
    try (HostileServer mallory = HostileServer.saying(HostileServer.EVENTS + events);
        Tmux terminal = Tmux.run(directory, Map.of(), NETSTATE, "watch", mallory.url())) {
      terminal.awaitScreen("LOST: it sent ");
      assertThat(terminal.screen()).contains("alice");
      leave(terminal, "q");
      assertThat(terminal.bytes()).doesNotContain("pwned", "\u0007", "\u009b31m", "]0;");
      assertThat(terminal.state("#{pane_title}")).isNotEqualTo("pwned");
    }
  }

  private static void leave(Tmux terminal, String key) throws Exception {
    terminal.press(key);
    awaitCleanEnd(terminal, 0);
  }

  private static void awaitCleanEnd(Tmux terminal, int code) throws Exception {
    terminal.awaitScreen("ended with " + code);
    assertThat(terminal.screen()).doesNotContain("q quit", "People cut off");
    assertThat(terminal.state("#{alternate_on} #{cursor_flag} #{wrap_flag}")).isEqualTo("0 1 1");
    assertThat(terminal.modesAreAsBefore()).isTrue();
  }

  private Tmux watch(Map<String, String> environment) throws Exception {
    return Tmux.run(
        directory,
        environment,
        NETSTATE,
        "watch",
        "http://127.0.0.1:" + server.address().getPort());
  }

  private NetstateReporter reporter() {
    return NetstateReporter.start(
        ReporterConfig.of("http://127.0.0.1:" + server.address().getPort(), Cast.TOKEN));
  }

  private NetstateServer serve(int port) throws Exception {
    return NetstateServer.start(
        loops,
        new ServeConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            Cast.TOKEN,
            GraphLimits.DEFAULT));
  }
}
