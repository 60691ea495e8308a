// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tollway.lab.Netns;

/** The freddie binary in a JVM of its own. */
public final class FreddieProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final Path err;

  private FreddieProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** {@code freddie arguments…}. */
  public static FreddieProcess start(String... arguments) throws IOException {
    return startUnder(List.of(), arguments);
  }

  /** {@code wrapper… java … freddie arguments…}. */
  static FreddieProcess startUnder(List<String> wrapper, String... arguments) throws IOException {
    Path err = Files.createTempFile("freddie", ".err");
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Netns.java(FreddieMain.class.getName(), arguments));
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    return new FreddieProcess(process, err);
  }

  /** The line of JSON that says it is ready. */
  public JsonObject ready() throws IOException {
    return JsonParser.parseString(line()).getAsJsonObject();
  }

  /** The next line on stdout. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("no freddie: " + errors());
    }
    return line;
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGTERM. */
  void terminate() {
    process.toHandle().destroy(); // Process.destroy would close the streams too.
  }

  /** Waits for its end. */
  int exitCode() throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("freddie does not end");
    }
    return process.exitValue();
  }

  /** What it wrote on stderr. */
  String errors() throws IOException {
    return Files.readString(err);
  }

  /** What is left on stdout, until it ends. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      rest.append(line).append('\n');
    }
    return rest.toString();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    out.close();
    Files.deleteIfExists(err);
  }
}
