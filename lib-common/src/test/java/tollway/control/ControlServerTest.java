// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.loop.ThreadEventLoop;

final class ControlServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("daemon");
  private Path socket = Path.of("unset");
  private @org.jspecify.annotations.Nullable ControlServer running;

  @BeforeEach
  void listen() throws IOException {
    socket = directory.resolve("control");
    running = ControlServer.open(socket, loop, ControlServerTest::handle);
  }

  @AfterEach
  void stop() throws IOException {
    server().close();
    loop.close();
  }

  private static void handle(ControlQuestion question, ControlHandler.Answer answer) {
    switch (question.command()) {
      case "echo" -> answer.result(question.arguments());
      case "long" -> answer.result(one("text", "x".repeat(3 << 20)));
      case "fault" -> throw new IllegalStateException("this should not happen");
      case "unlinked" -> throw new NoClassDefFoundError("this/is/Absent");
      case "silence" -> {} // As of a daemon that hangs.
      default -> answer.refuse(2, "unknown command " + question.command());
    }
  }

  @Test
  void answersQuestionAfterQuestion() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      for (int i = 0; i < 3; i++) {
        JsonObject arguments = one("n", Integer.toString(i));
        assertThat(client.ask(new ControlQuestion("echo", arguments))).isEqualTo(arguments);
      }
    }
  }

  @Test
  void sendsAnswersLargerThanASocketHolds() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      JsonObject answer = client.ask(ControlQuestion.of("long"));
      assertThat(answer.get("text").getAsString()).hasSize(3 << 20);
    }
  }

  @Test
  void passesARefusalOnWithItsCode() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      assertThatExceptionOfType(ControlRefusedException.class)
          .isThrownBy(() -> client.ask(ControlQuestion.of("dance")))
          .withMessage("unknown command dance")
          .matches(refused -> refused.code() == 2);
    }
  }

  @Test
  void aFaultIsAnAnswerAndTheServerGoesOn() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      assertThatExceptionOfType(ControlRefusedException.class)
          .isThrownBy(() -> client.ask(ControlQuestion.of("fault")))
          .withMessageContaining("this should not happen")
          .matches(refused -> refused.code() == 1);
      JsonObject arguments = one("n", "1");
      assertThat(client.ask(new ControlQuestion("echo", arguments))).isEqualTo(arguments);
    }
  }

  @Test
  void aClassThatCannotBeLoadedIsAnAnswerToo() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      assertThatExceptionOfType(ControlRefusedException.class)
          .isThrownBy(() -> client.ask(ControlQuestion.of("unlinked")))
          .withMessageContaining("this/is/Absent");
    }
  }

  @Test
  void letsOnlyItsOwnerIn() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(directory.toFile().list()).containsExactly("control");
  }

  @Test
  void answersNoiseWithARefusalAndLivesOn() throws Exception {
    for (String noise :
        List.of("", "hello", "{}", "{\"command\":{}}", "[1]", "{\"command\":\"a\"} {}")) {
      assertThat(raw(noise + "\n")).contains("\"error\"").contains("\"code\":4");
    }
    answersQuestionAfterQuestion();
  }

  @Test
  void hangsUpOnALineWithoutEnd() throws Exception {
    try (SocketChannel channel = connect()) {
      ByteBuffer piece = ByteBuffer.allocate(4096);
      assertThatIOException()
          .isThrownBy(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  channel.write(piece.rewind());
                }
              });
    }
    answersQuestionAfterQuestion();
  }

  @Test
  void servesOthersWhileSomeSayNothing() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        silent.add(connect());
      }
      answersQuestionAfterQuestion();
    } finally {
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
  }

  @Test
  void refusesToTakeASocketFromALivingDaemon() throws Exception {
    assertThatExceptionOfType(ControlInUseException.class)
        .isThrownBy(() -> ControlServer.open(socket, loop, ControlServerTest::handle))
        .withMessageContaining(socket.toString());
    answersQuestionAfterQuestion();
  }

  @Test
  void takesTheSocketOfADaemonThatWasKilled() throws Exception {
    server().close();
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    running = ControlServer.open(socket, loop, ControlServerTest::handle);
    answersQuestionAfterQuestion();
  }

  @Test
  void leavesNothingAndEndsConnectionsWhenClosed() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, PATIENCE)) {
      client.ask(ControlQuestion.of("echo"));
      server().close();
      assertThat(client.awaitEnd()).isTrue();
    }
    assertThat(directory.toFile().list()).isEmpty();
    assertThatExceptionOfType(ControlAbsentException.class)
        .isThrownBy(() -> ControlClient.connect(socket, PATIENCE))
        .withMessageContaining(socket.toString());
  }

  @Test
  void aDaemonThatSaysNothingIsAsGoodAsAbsent() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, Duration.ofMillis(50))) {
      assertThatExceptionOfType(ControlAbsentException.class)
          .isThrownBy(() -> client.ask(ControlQuestion.of("silence")))
          .withMessage("the daemon does not answer");
    }
  }

  @Test
  void whoIsInterruptedDoesNotBlameTheDaemon() throws Exception {
    try (ControlClient client = ControlClient.connect(socket, Duration.ofSeconds(15))) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(() -> client.ask(ControlQuestion.of("silence")));
      assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(client::awaitEnd);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void takesThePlaceOfNothingButASocket() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    for (Path each : List.of(file, link, Files.createDirectory(directory.resolve("directory")))) {
      assertRefused(each, "exists and is not a socket");
    }
    assertRefused(file.resolve("below"), "is not a directory");
    assertRefused(Path.of("/proc/socket"), "no socket can be made in '/proc'");
    assertThat(file).hasContent("precious");
  }

  @Test
  void saysThatAPathIsTooLong() {
    assertRefused(directory.resolve("x".repeat(120)), "too long");
  }

  private void assertRefused(Path path, String why) {
    assertThatExceptionOfType(ControlPathException.class)
        .isThrownBy(() -> ControlServer.open(path, loop, ControlServerTest::handle))
        .withMessageContaining(why);
  }

  private ControlServer server() {
    return java.util.Objects.requireNonNull(running);
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  private String raw(String line) throws IOException {
    try (SocketChannel channel = connect();
        BufferedReader in =
            new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
      return String.valueOf(in.readLine());
    }
  }

  private static JsonObject one(String name, String value) {
    JsonObject object = new JsonObject();
    object.addProperty(name, value);
    return object;
  }
}
