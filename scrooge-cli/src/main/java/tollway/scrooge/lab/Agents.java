// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts {@code scrooge lab agent} in namespaces. */
final class Agents {
  private final Path directory;
  private final DaemonProgram program;
  private int started;

  Agents(Path directory, DaemonProgram program) {
    this.directory = directory;
    this.program = program;
  }

  /** From its start to its end, in seconds. */
  JsonObject run(Space space, int within, String... words)
      throws IOException, InterruptedException {
    try (Running running = begin(space, words)) {
      return running.result(within);
    }
  }

  Running begin(Space space, String... words) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("lab", "agent"));
    arguments.addAll(List.of(words));
    started++;
    Path out = directory.resolve("agent-" + started);
    Path err = directory.resolve("agent-" + started + "-log");
    return new Running(words[0], space.start(program.command(arguments), out, err), out, err);
  }

  /** An agent at work; its last line is its answer. */
  record Running(String verb, Process process, Path out, Path err) implements AutoCloseable {
    void awaitReady() throws IOException, InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!Files.readString(out).contains("\"ready\"")) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("the agent '" + verb + "' does not start: " + said());
        }
        Thread.sleep(20);
      }
    }

    JsonObject result(int within) throws IOException, InterruptedException {
      if (!process.waitFor(within, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("the agent '" + verb + "' failed: " + said());
      }
      List<String> lines = Files.readAllLines(out);
      return JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
    }

    private String said() throws IOException {
      return Files.readString(err).strip();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
