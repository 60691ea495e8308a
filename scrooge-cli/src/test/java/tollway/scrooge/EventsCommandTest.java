// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.control.ControlCommands;
import tollway.control.ControlEvents;
import tollway.control.ControlServer;
import tollway.loop.ThreadEventLoop;

final class EventsCommandTest {
  @TempDir private Path directory;
  private final ThreadEventLoop loop = new ThreadEventLoop("daemon");
  private volatile Runnable whenRead = () -> {};

  private final ControlEvents events = new ControlEvents(loop, this::present);
  private @Nullable ControlServer daemon;

  @BeforeEach
  void listen() throws IOException {
    ControlCommands commands = new ControlCommands();
    commands.on("events", events);
    daemon = ControlServer.open(socket(), loop, commands);
  }

  @AfterEach
  void close() throws IOException {
    Objects.requireNonNull(daemon).close();
    loop.close();
  }

  /** What is so already; whoever asks for it begins to read. */
  private List<JsonObject> present() {
    loop.execute(whenRead);
    return List.of(link("link_up"));
  }

  private Path socket() {
    return directory.resolve("socket");
  }

  private static JsonObject link(String kind) {
    JsonObject event = ControlEvents.event(kind);
    event.addProperty("interface", "eth0");
    return event;
  }

  private Shell ask(String... options) {
    String[] whole = java.util.Arrays.copyOf(options, options.length + 2);
    whole[options.length] = "--control";
    whole[options.length + 1] = socket().toString();
    String[] command = new String[whole.length + 1];
    command[0] = "events";
    System.arraycopy(whole, 0, command, 1, whole.length);
    return Shell.scrooge(command);
  }

  @Test
  void endsAfterTheEventThatIsWaitedFor() {
    Shell said = ask("--until", "link_up");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).isEqualTo("now  link_up  interface=eth0\n");
  }

  @Test
  void printsJsonForScripts() {
    Shell said = ask("--until", "link_up", "--json");
    JsonObject line = JsonParser.parseString(said.out()).getAsJsonObject();
    assertThat(line.keySet()).containsExactly("event", "at", "seq", "interface", "now");
  }

  @Test
  void showsWhatHappensAndSaysWhenItDidNot() {
    loop.every(Duration.ofMillis(20), () -> events.publish(link("link_down")));
    Shell seen = ask("--until", "link_down", "--wait", "20s", "--only", "link_down");
    assertThat(seen.exitCode()).as(seen.err()).isZero();
    assertThat(seen.out()).matches("\\S+T\\S+Z {2}link_down {2}interface=eth0\n");
    Shell missed = ask("--until", "tunnel_up", "--only", "tunnel_up", "--wait", "100ms");
    assertThat(missed.exitCode()).isEqualTo(1);
    assertThat(missed.err()).isEqualTo("scrooge: no event 'tunnel_up' within 0.1 s\n");
    assertThat(missed.out()).isEmpty();
  }

  @Test
  void endsInPeaceWhenTheTimeIsOver() {
    Shell said = ask("--wait", "50ms");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).contains("link_up");
  }

  @Test
  void tellsWhetherTheDaemonMeantToEnd() {
    whenRead =
        () -> {
          events.publish(ControlEvents.event("stopping"));
          loop.execute(this::closeLater);
        };
    Shell said = ask("--only", "tunnel_up");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).isEmpty();
  }

  @Test
  void missesADaemonThatDies() {
    whenRead = this::closeLater;
    Shell said = ask();
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.err()).isEqualTo("scrooge: the daemon ended the connection\n");
  }

  /** Closing waits; not on the daemon's loop. */
  private void closeLater() {
    tollway.loop.BackgroundThread.start("closing", () -> Objects.requireNonNull(daemon).close());
  }

  @Test
  void refusesEventsThatCannotCome() {
    assertRefused("--until", "Tunnel Up");
    assertRefused("--only", "a-b");
    assertRefused("--only", "nonsense", "--wait", "1ms");
    assertRefused("--until", "tunnel_upp", "--wait", "1ms");
    assertRefused("--only", "tunnel_up", "--until", "link_up");
    assertRefused("--wait", "soon");
  }

  private void assertRefused(String... options) {
    Shell said = ask(options);
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err().strip().lines()).hasSize(1);
  }
}
