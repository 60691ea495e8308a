// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/**
 * A real terminal, of which a test sees the screen and presses the keys: tmux on its own socket.
 */
final class Tmux implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/bin/tmux");

  private final Path directory;
  private final Path socket;

  private Tmux(Path directory) {
    this.directory = directory;
    this.socket = directory.resolve("tmux");
  }

  /** Runs our program in a terminal; when it has ended the screen says so with its exit code. */
  static Tmux run(
      Path directory, Map<String, String> environment, String mainClass, String... arguments)
      throws Exception {
    Tmux tmux = new Tmux(directory);
    StringBuilder script = new StringBuilder("stty -g > before\n");
    environment.forEach(
        (name, value) -> script.append("export " + quoted(name + "=" + value) + "\n"));
    JavaProcess.command(mainClass, arguments)
        .forEach(word -> script.append(quoted(word)).append(' '));
    // What the shell prints must differ from what a screen of ours may hold.
    script.append("\ncode=$?\nstty -g > after\necho \"ended with $code\"\nexec sleep 600\n");
    Files.writeString(directory.resolve("script"), script);
    tmux.call("new-session", "-d", "-x", "80", "-y", "24", "-c", directory.toString(), "cat");
    tmux.call("pipe-pane", "cat > " + quoted(directory.resolve("bytes").toString()));
    tmux.call("respawn-pane", "-k", "-c", directory.toString(), "sh script");
    return tmux;
  }

  String screen() throws Exception {
    return call("capture-pane", "-p");
  }

  /** With the escape sequences of its styles. */
  String styledScreen() throws Exception {
    return call("capture-pane", "-p", "-e");
  }

  /** Each run of blanks counts as one. */
  void awaitScreen(String part) throws Exception {
    try {
      Await.until(part + " on the screen", () -> screen().replaceAll(" +", " ").contains(part));
    } catch (AssertionError never) {
      throw new AssertionError(never.getMessage() + ":\n" + screen(), never);
    }
  }

  void press(String... keys) throws Exception {
    List<String> command = new ArrayList<>(List.of("send-keys"));
    command.addAll(List.of(keys));
    call(command.toArray(String[]::new));
  }

  void resize(int columns, int rows) throws Exception {
    call("resize-window", "-x", String.valueOf(columns), "-y", String.valueOf(rows));
  }

  /** A tmux format, such as #{alternate_on}. */
  String state(String format) throws Exception {
    return call("display-message", "-p", format).strip();
  }

  /** Every byte that the terminal was sent. */
  String bytes() throws IOException {
    return Files.readString(directory.resolve("bytes"), StandardCharsets.ISO_8859_1);
  }

  boolean modesAreAsBefore() throws IOException {
    return Files.readString(directory.resolve("before"))
        .equals(Files.readString(directory.resolve("after")));
  }

  /** The process of our program. */
  ProcessHandle program() throws Exception {
    return ProcessHandle.of(Long.parseLong(state("#{pane_pid}")))
        .orElseThrow()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws IOException {
    try {
      call("kill-server");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private String call(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(PROGRAM.toString(), "-u", "-f", "/dev/null", "-S", socket.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("SHELL", "/bin/sh");
    builder.environment().remove("TMUX");
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", arguments) + ": " + said);
    }
    return said;
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
