// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.cli.CliIo;
import tollway.cli.Launcher;
import tollway.loop.NettyLoops;
import tollway.stun.StunAlternate;
import tollway.stun.StunResponder;

/** {@code freddie stun …} in the process of the test, with servers on loopback. */
final class StunCommandsTest {
  private final NettyLoops loops = new NettyLoops(1);

  private record Answer(int code, String out, String err) {}

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void checksServersAndTellsWhatTheNatDoes() throws Exception {
    StunAlternate alternate = StunAlternate.at(new InetSocketAddress("127.0.0.2", 0));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (StunResponder responder =
        StunResponder.bind(loops, List.of(any, any), Optional.of(alternate))) {
      String first = FreddieNode.text(responder.addresses().get(0));
      String second = FreddieNode.text(responder.addresses().get(1));
      Answer json = freddie("stun", "check", first, second, "--json", "--timeout", "5s");

      assertThat(json.code()).as(json.err()).isZero();
      JsonObject whole = JsonParser.parseString(json.out()).getAsJsonObject();
      assertThat(whole.get("good").getAsInt()).isEqualTo(2);
      JsonObject server = whole.getAsJsonArray("servers").get(0).getAsJsonObject();
      assertThat(server.get("server").getAsString()).isEqualTo(first);
      assertThat(server.get("state").getAsString()).isEqualTo("good");
      assertThat(server.get("confirmed").getAsBoolean()).isTrue();
      assertThat(server.get("fingerprint").getAsBoolean()).isTrue();
      assertThat(server.get("rfc5780").getAsString()).isEqualTo("proved");
      assertThat(server.get("answered").getAsInt()).isEqualTo(5);
      assertThat(server.get("ms").getAsDouble()).isPositive();
      assertThat(server.has("mapped")).isFalse();
      JsonObject nat = whole.getAsJsonArray("nat").get(0).getAsJsonObject();
      assertThat(nat.get("translated").getAsBoolean()).isFalse();
      assertThat(nat.get("filtering").getAsString()).isEqualTo("endpoint-independent");

      Answer text = freddie("stun", "check", first, "--show-address", "--timeout", "5s");
      assertThat(text.code()).isZero();
      assertThat(text.out())
          .contains("SERVER", first, "5/5", "proved", "address confirmed: 127.0.0.1:")
          .contains("behind no NAT, as " + first + " sees it; mapping endpoint-independent")
          .hasLineCount(3);
    }
  }

  @Test
  void oneThatIsNoGoodIsExitCodeOne() throws Exception {
    try (StunResponder responder =
            StunResponder.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String good = FreddieNode.text(responder.addresses().get(0));
      String dead = "127.0.0.1:" + silent.getLocalPort();
      Answer answer =
          freddie("stun", "check", good, dead, "host.invalid:3478", "--timeout", "500ms");

      assertThat(answer.code()).isEqualTo(1);
      assertThat(answer.err()).isEmpty();
      List<String> lines = answer.out().lines().toList();
      assertThat(lines).hasSize(4);
      assertThat(lines.get(1)).contains(good, "good");
      assertThat(lines.get(2)).contains(dead, "silent", "0/3", "no answer to 3 questions");
      assertThat(lines.get(3)).contains("host.invalid:3478", "unreachable", "-");
    }
  }

  @Test
  void checksTheAddressThatTheOperatorKnows() throws Exception {
    try (StunResponder responder =
        StunResponder.bind(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      String server = FreddieNode.text(responder.addresses().get(0));
      assertThat(freddie("stun", "check", server, "--mapped", "127.0.0.1").code()).isZero();
      Answer wrong = freddie("stun", "check", server, "--mapped", "192.0.2.1");
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.out()).contains("wrong-address");
    }
  }

  @Test
  void mistakesOfTheOperatorAreOneLine() {
    refused("freddie stun: which command?", "stun");
    refused("freddie stun check: Missing required parameter", "stun", "check");
    refused("stun check: 'a' is not HOST:PORT", "stun", "check", "a");
    refused("stun check: a:0 has no port to ask", "stun", "check", "a:0");
    refused("--timeout: 'x' is not a duration", "stun", "check", "a:1", "--timeout", "x");
    refused("--timeout: give more than 0", "stun", "check", "a:1", "--timeout", "0s");
    refused("--timeout: give more than 0", "stun", "check", "a:1", "--timeout", "31s");
    refused("--mapped: 'me' is no IP address", "stun", "check", "a:1", "--mapped", "me");
    String[] many = new String[2 + StunCheckCommand.MOST_SERVERS + 1];
    many[0] = "stun";
    many[1] = "check";
    for (int i = 2; i < many.length; i++) {
      many[i] = "127.0.0.1:" + i;
    }
    refused("stun check: at most 64 servers", many);
  }

  @Test
  void helpFitsATerminalOfEightyColumns() {
    for (List<String> words :
        List.of(List.of("stun", "--help"), List.of("stun", "check", "--help"))) {
      Answer answer = freddie(words.toArray(String[]::new));
      assertThat(answer.code()).isZero();
      assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
    }
  }

  private static void refused(String line, String... words) {
    Answer answer = freddie(words);
    assertThat(answer.code()).as(String.join(" ", words)).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains(line).hasLineCount(1);
  }

  private static Answer freddie(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CliIo io =
        new CliIo(
            new ByteArrayInputStream(new byte[0]),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Map.of("HOME", "/nowhere"));
    int code = new Launcher("freddie", FreddieCommand::new).run(io, words);
    return new Answer(code, out.toString(), err.toString());
  }
}
