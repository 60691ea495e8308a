// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.loop.ThreadEventLoop;

final class ControlEventsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("daemon");
  private final ControlEvents events = new ControlEvents(loop, () -> List.of(event("link_up", 7)));
  private @Nullable ControlServer running;

  @BeforeEach
  void listen() throws IOException {
    ControlCommands commands = new ControlCommands();
    commands.on("events", events);
    running = ControlServer.open(socket(), loop, commands);
  }

  @AfterEach
  void stop() throws IOException {
    Objects.requireNonNull(running).close();
    loop.close();
  }

  private Path socket() {
    return directory.resolve("control");
  }

  private static JsonObject event(String kind, int number) {
    JsonObject event = ControlEvents.event(kind);
    event.addProperty("n", number);
    return event;
  }

  private ControlClient reader(String... only) throws Exception {
    JsonObject arguments = new JsonObject();
    JsonArray kinds = new JsonArray();
    for (String each : only) {
      kinds.add(each);
    }
    if (only.length > 0) {
      arguments.add("only", kinds);
    }
    ControlClient client = ControlClient.connect(socket(), PATIENCE);
    client.ask(new ControlQuestion("events", arguments));
    return client;
  }

  @Test
  void tellsFirstWhatIsSoAndThenWhatHappens() throws Exception {
    try (ControlClient one = reader();
        ControlClient other = reader()) {
      events.publish(event("tunnel_up", 8));
      for (ControlClient each : List.of(one, other)) {
        JsonObject present = each.next().orElseThrow();
        assertThat(present.get("now").getAsBoolean()).isTrue();
        assertThat(present.get("n").getAsInt()).isEqualTo(7);
        JsonObject happened = each.next().orElseThrow();
        assertThat(happened.keySet()).containsExactly("event", "at", "seq", "n");
        assertThat(happened.get("event").getAsString()).isEqualTo("tunnel_up");
        assertThat(happened.get("seq").getAsLong()).isEqualTo(1);
      }
    }
  }

  @Test
  void tellsOnlyWhatIsAskedFor() throws Exception {
    try (ControlClient reader = reader("tunnel_down")) {
      events.publish(event("tunnel_up", 1));
      events.publish(event("tunnel_down", 2));
      JsonObject first = reader.next().orElseThrow();
      assertThat(first.get("n").getAsInt()).isEqualTo(2);
      assertThat(first.get("seq").getAsLong()).as("what was left out shows").isEqualTo(2);
    }
  }

  @Test
  void endsWithTheDaemonAfterItsLastWord() throws Exception {
    try (ControlClient reader = reader("stopping")) {
      events.publish(ControlEvents.event("stopping"));
      CountDownLatch published = new CountDownLatch(1);
      loop.execute(published::countDown);
      published.await();
      Objects.requireNonNull(running).close();
      assertThat(reader.next()).isPresent();
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void aReaderThatStallsIsCutOffAndToldSo() throws Exception {
    try (SocketChannel slow = raw();
        BufferedReader in = began(slow);
        ControlClient quick = reader("tunnel_up")) {
      int last = 4000;
      for (int i = 1; i <= last; i++) {
        JsonObject event = event("tunnel_up", i);
        event.addProperty("padding", "x".repeat(250));
        events.publish(event);
        assertThat(quick.next().orElseThrow().get("n").getAsInt()).isEqualTo(i);
      }
      List<JsonObject> told = new ArrayList<>();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        told.add(JsonParser.parseString(line).getAsJsonObject());
      }
      JsonObject end = told.remove(told.size() - 1);
      assertThat(end.get("event").getAsString()).isEqualTo("cut_off");
      assertThat(told).hasSizeBetween(500, last - 1);
      for (int i = 0; i < told.size(); i++) {
        assertThat(told.get(i).get("n").getAsInt()).as("none is missing before").isEqualTo(i + 1);
      }
    }
  }

  @Test
  void whatAReaderSaysMeanwhileIsOfNoMatter() throws Exception {
    try (SocketChannel noisy = raw();
        BufferedReader in = began(noisy)) {
      byte[] noise = new byte[200_000];
      new Random(5).nextBytes(noise);
      noisy.write(ByteBuffer.wrap(noise));
      events.publish(event("tunnel_up", 1));
      assertThat(in.readLine()).contains("\"n\":1");
    }
  }

  @Test
  void refusesTooManyReadersUntilSomeLeave() throws Exception {
    List<ControlClient> readers = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        readers.add(reader());
      }
      assertThatExceptionOfType(ControlRefusedException.class)
          .isThrownBy(this::reader)
          .withMessage("16 others read events already");
      readers.remove(0).close();
      Await.until(
          "there is room again",
          () -> {
            try {
              return readers.add(reader());
            } catch (ControlRefusedException stillFull) {
              return false;
            }
          });
    } finally {
      for (ControlClient each : readers) {
        each.close();
      }
    }
  }

  @Test
  void refusesArgumentsThatMakeNoSense() throws Exception {
    for (String arguments : List.of("{\"only\":1}", "{\"only\":[{}]}")) {
      try (ControlClient client = ControlClient.connect(socket(), PATIENCE)) {
        JsonObject object = JsonParser.parseString(arguments).getAsJsonObject();
        assertThatExceptionOfType(ControlRefusedException.class)
            .isThrownBy(() -> client.ask(new ControlQuestion("events", object)))
            .matches(refused -> refused.code() == 2);
      }
    }
  }

  @Test
  void closingOnAnotherThreadEndsTheWait() throws Exception {
    ControlClient reader = reader("tunnel_up");
    Thread closer =
        new Thread(
            () -> {
              try {
                reader.close();
              } catch (IOException unexpected) {
                throw new IllegalStateException(unexpected);
              }
            });
    closer.start();
    assertThat(reader.next()).isEmpty();
    closer.join();
  }

  private SocketChannel raw() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    channel.write(ByteBuffer.wrap("{\"command\":\"events\"}\n".getBytes(StandardCharsets.UTF_8)));
    return channel;
  }

  /** After the answer and what is so already: whatever is published from now on is told. */
  private static BufferedReader began(SocketChannel channel) throws IOException {
    BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    assertThat(in.readLine()).isEqualTo("{\"result\":{}}");
    assertThat(in.readLine()).contains("link_up");
    return in;
  }
}
