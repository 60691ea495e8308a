// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlServer;
import tollway.loop.ThreadEventLoop;

/** The commands that ask a daemon, against one that answers from a script. */
final class DaemonCommandsTest {
  private static final Map<String, String> ANSWERS =
      Map.of(
          "status",
          "{\"publicKey\":\"K\",\"interfaces\":[\"a\",\"b\"],\"messages\":{\"accepted\":3}}",
          "neighbors",
          "{\"neighbors\":[{\"publicKey\":\"BOB\",\"interface\":\"eth0\",\"state\":\"SEEN\","
              + "\"controlAddress\":\"[fe80::1%eth0]:8481\",\"heardSecondsAgo\":12}]}",
          "tunnels",
          "{\"tunnels\":[{\"publicKey\":\"BOB\",\"interface\":\"eth0\",\"state\":\"TUNNEL\","
              + "\"tunnel\":\"twx\",\"address\":\"fe80::2\",\"handshakeSecondsAgo\":1,"
              + "\"receivedBytes\":10,\"sentBytes\":20}]}");

  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("daemon");
  private @Nullable ControlServer server;

  @BeforeEach
  void listen() throws IOException {
    server = ControlServer.open(socket(), loop, this::answer);
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
    loop.close();
  }

  private Path socket() {
    return directory.resolve("socket");
  }

  private void answer(ControlQuestion question, ControlHandler.Answer answer) {
    String text = ANSWERS.get(question.command());
    if (text == null) {
      answer.refuse(4, "never heard of " + question.command());
    } else {
      answer.result(JsonParser.parseString(text).getAsJsonObject());
    }
  }

  private Shell ask(String... command) {
    String[] whole = java.util.Arrays.copyOf(command, command.length + 2);
    whole[command.length] = "--control";
    whole[command.length + 1] = socket().toString();
    return Shell.scrooge(whole);
  }

  @Test
  void printsNeighborsInColumns() {
    assertThat(ask("neighbors").out())
        .isEqualTo(
            """
            PUBLIC KEY  ON    STATE  TRUST  CONTROL ADDRESS      HEARD  TUNNEL
            BOB         eth0  SEEN   -      [fe80::1%eth0]:8481  12     -
            """);
  }

  @Test
  void printsTunnelsInColumns() {
    assertThat(ask("tunnel", "list").out())
        .isEqualTo(
            """
            INTERFACE  PUBLIC KEY  ON    STATE   ADDRESS  HANDSHAKE  IN  OUT
            twx        BOB         eth0  TUNNEL  fe80::2  1          10  20
            """);
  }

  @Test
  void printsTheStatusLineByLine() {
    assertThat(ask("status").out())
        .isEqualTo(
            """
            publicKey       K
            interfaces      a, b
            messages        accepted 3
            """);
  }

  @Test
  void printsTheAnswerItselfForScripts() {
    for (List<String> command : List.of(List.of("neighbors"), List.of("tunnel", "list"))) {
      String[] words = new java.util.ArrayList<>(command).toArray(new String[command.size() + 1]);
      words[command.size()] = "--json";
      Shell said = ask(words);
      assertThat(said.exitCode()).isZero();
      JsonObject object = JsonParser.parseString(said.out()).getAsJsonObject();
      assertThat(ANSWERS.values()).contains(object.toString());
    }
  }

  @Test
  void passesARefusalOn() {
    Shell said = ask("stop");
    assertThat(said.exitCode()).isEqualTo(4);
    assertThat(said.err().strip()).isEqualTo("scrooge: never heard of stop");
  }

  @Test
  void saysThatThereIsNoDaemon() throws Exception {
    close();
    for (String command : List.of("status", "neighbors", "stop")) {
      Shell said = ask(command);
      assertThat(said.exitCode()).isEqualTo(3);
      assertThat(said.err().strip())
          .isEqualTo("scrooge: no daemon answers on " + socket() + ": is 'scrooge run' running?");
    }
  }

  @Test
  void aDaemonIsNotStartedWithOptionsThatMakeNoSense() {
    assertRefused("-i", "nosuchif0");
    assertRefused("-i", "*", "--address", "10.77.0.1/24");
    assertRefused("-i", "*", "--address", "fe80::1");
    assertRefused("-i", "*", "--address", "example.org");
    assertRefused("-i", "*", "--tunnel-ports", "9-1");
    assertRefused("-i", "*", "--tunnel-ports", "many");
    assertRefused("-i", "*", "--tunnel-ports", "5");
    assertRefused("-i", "*", "--tunnel-ports", "5-");
    assertRefused("-i", "*", "--address", "10.77.0.1,fd77::1,10.77.0.1/32");
    assertRefused("-i", "*", "--address", "fd77::1", "--address", "fd77:0::1");
    assertRefused("-i", "*", "--on-tunnel", "/tmp");
    assertRefused("-i", "*", "--backend", "openvpn");
    assertRefused("-i", "*", "--max-tunnels", "0");
    assertRefused("-i", "*", "--on-tunnel", "/nonexistent");
    assertRefused("--address", "10.77.0.1");
  }

  private static void assertRefused(String... options) {
    String[] command = new String[options.length + 1];
    command[0] = "run";
    System.arraycopy(options, 0, command, 1, options.length);
    Shell said = Shell.scrooge(command);
    assertThat(said.err().strip().lines()).as(String.join(" ", options)).hasSize(1);
    assertThat(said.exitCode()).isEqualTo(2);
  }
}
