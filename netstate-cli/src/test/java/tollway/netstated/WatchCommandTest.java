// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tollway.cli.CliIo;
import tollway.cli.Launcher;
import tollway.loop.NettyLoops;
import tollway.netstate.GraphLimits;
import tollway.netstate.NetstateReporter;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;

/** Looking once, at servers good and bad: what is said and returned. */
final class WatchCommandTest {
  private static final String NODE =
      "{\"id\":\"a\",\"role\":\"desktop\",\"tag\":\"%s\",\"reporting\":true}";

  private record Outcome(int code, String out, String err) {}

  @Test
  void showsThePresentGraphOnce() throws Exception {
    try (NettyLoops loops = new NettyLoops(1);
        NetstateServer server =
            NetstateServer.start(
                loops,
                new ServeConfig(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Cast.TOKEN,
                    GraphLimits.DEFAULT))) {
      String url = "http://127.0.0.1:" + server.address().getPort() + "/";
      assertThat(watch("--once", url)).isEqualTo(new Outcome(0, "nothing reported yet\n", ""));
      assertThat(watch("--once", "--json", url))
          .isEqualTo(
              new Outcome(
                  0, "{\"event\":\"graph\",\"version\":0,\"nodes\":[],\"links\":[]}\n", ""));
      try (NetstateReporter alice = NetstateReporter.start(ReporterConfig.of(url, Cast.TOKEN))) {
        alice.update(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, 1_500_000)));
        tollway.lab.Await.until(
            "alice is there", () -> !watch("--once", url).out().startsWith("nothing"));
        Outcome seen = watch("--once", url);
        assertThat(seen.code()).isZero();
        assertThat(seen.err()).isEmpty();
        assertThat(seen.out())
            .startsWith("1 of 1 people helped, 1 widget, 0 exits, 1.5 MB/s\nPeople cut off\n")
            .containsPattern("alice +==> +#[A-Za-z0-9_-]{5} \\? widget +1.5 MB/s +one end\n");
      }
    }
  }

  @Test
  void saysWhenNobodyIsThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String url = "http://127.0.0.1:" + port;
    assertThat(watch("--once", url)).isEqualTo(failure(3, url, "connection refused"));
    assertThat(watch("--json", url)).isEqualTo(failure(3, url, "connection refused"));
    assertThat(watch("--once", "--wait", "700ms", url))
        .isEqualTo(failure(3, url, "connection refused"));
    assertThat(watch("--once", "http://nowhere.invalid"))
        .isEqualTo(failure(3, "http://nowhere.invalid", "no such host"));
  }

  @Test
  void usageErrorsAreOneLine() {
    for (String wrong : new String[] {"localhost:8090", "ftp://x/", "http://x/?token=y"}) {
      assertThat(watch(wrong))
          .isEqualTo(
              new Outcome(
                  2,
                  "",
                  "netstate: URL: '"
                      + wrong
                      + "' is not the address of a netstate (http://HOST:PORT)\n"));
    }
    assertThat(watch("--wait", "soon").code()).isEqualTo(2);
    assertThat(watch("--nonsense").code()).isEqualTo(2);
    assertThat(watch("http://x", "http://y").code()).isEqualTo(2);
  }

  @Test
  void whatIsNotANetstateIsSaidToBeAbsent() throws Exception {
    expect(3, "it answers HTTP status 404", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
    expect(
        3,
        "it answers HTTP status 302",
        "HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    expect(
        3,
        "what answers there is not a netstate",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>hello");
    expect(3, "", "SSH-2.0-OpenSSH_9.2\r\n");
    expect(3, "", "HTTP/1.1 \u001b[2J\u0007\r\n\r\n");
    expect(3, "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\u001b]0;x\u0007\r\n");
    expect(3, "the server ended the stream", HostileServer.EVENTS);
    expect(3, "", "");
  }

  @Test
  void whatWouldHarmTheTerminalIsRefused() throws Exception {
    for (String tag :
        new String[] {"\\u001b]0;pwned\\u0007", "\u001b[2J", "\u009b31m", "\\n", "\u202eevil"}) {
      String graph = "{\"version\":1,\"nodes\":[" + NODE.formatted(tag) + "],\"links\":[]}";
      expect(4, "it sent ", HostileServer.EVENTS + "event: graph\ndata: " + graph + "\n\n");
    }
    expect(4, "it sent not a graph", HostileServer.EVENTS + "event: graph\ndata: \u001b[2J\n\n");
    expect(4, "it sent not a graph", HostileServer.EVENTS + "event: graph\ndata: [[[[\n\n");
  }

  @Test
  void endlessAnswersEnd() throws Exception {
    try (HostileServer mallory = HostileServer.sayingForever(HostileServer.EVENTS, "x")) {
      assertThat(watch("--once", mallory.url()))
          .isEqualTo(failure(4, mallory.url(), "it sent an event of more than 16777216 bytes"));
    }
    try (HostileServer mallory = HostileServer.sayingForever("HTTP/1.1 200 OK\r\n", "a: b\r\n")) {
      assertThat(watch("--once", mallory.url()).code()).isEqualTo(3);
    }
    // Ticks without end, and never a graph.
    try (HostileServer mallory =
        HostileServer.sayingForever(HostileServer.EVENTS, "event: tick\ndata:\n\n")) {
      assertThat(watch("--once", mallory.url()))
          .isEqualTo(failure(3, mallory.url(), "no graph within 10 s"));
    }
  }

  private static void expect(int code, String why, String answer) throws Exception {
    try (HostileServer mallory = HostileServer.saying(answer)) {
      Outcome outcome = watch("--once", mallory.url());
      assertThat(outcome.code()).as(answer).isEqualTo(code);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err())
          .startsWith("netstate: cannot watch " + mallory.url() + ": " + why)
          .endsWith("\n");
      String line = outcome.err().substring(0, outcome.err().length() - 1);
      assertThat(line.chars().noneMatch(Character::isISOControl)).as(line).isTrue();
    }
  }

  private static Outcome failure(int code, String url, String why) {
    return new Outcome(code, "", "netstate: cannot watch " + url + ": " + why + "\n");
  }

  private static Outcome watch(String... arguments) {
    Writer out = new StringWriter();
    Writer err = new StringWriter();
    CliIo io =
        new CliIo(
            InputStream.nullInputStream(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Map.of());
    String[] all = new String[arguments.length + 1];
    all[0] = "watch";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int code = new Launcher("netstate", NetstateCommand::new).run(io, all);
    return new Outcome(code, out.toString(), err.toString());
  }
}
