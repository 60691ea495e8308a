// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One of our binaries in a JVM of its own, on the class path of the test. */
public final class JavaProcess implements AutoCloseable {
  private final String what;
  private final Process process;
  private final Path runtime;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers = new ArrayList<>();

  private JavaProcess(String what, Process process, Path runtime) {
    this.what = what;
    this.runtime = runtime;
    this.process = process;
    collect(process.inputReader(StandardCharsets.UTF_8), out);
    collect(
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8)),
        err);
  }

  /** The command line of a JVM like ours that starts fast, with the options of our launchers. */
  public static List<String> command(String mainClass, String... arguments) {
    return command(System.getProperty("java.class.path"), mainClass, arguments);
  }

  private static List<String> command(String classPath, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Runs {@code mainClass} with {@code arguments}, behind {@code prefix}, such as ip netns exec.
   */
  public static JavaProcess start(
      List<String> prefix, Map<String, String> environment, String mainClass, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(command(mainClass, arguments));
    return start(mainClass + " " + List.of(arguments), command, environment);
  }

  /** The same as on a machine for which nobody has built Netty's native libraries. */
  public static JavaProcess startWithoutNatives(
      Map<String, String> environment, String mainClass, String... arguments) throws IOException {
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("-native-") || !entry.contains("-linux-"))
            .collect(Collectors.joining(File.pathSeparator));
    return start(
        mainClass + " " + List.of(arguments) + " without natives",
        command(classPath, mainClass, arguments),
        environment);
  }

  private static JavaProcess start(
      String what, List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    // Its sockets and what it remembers are its own: tests, and people here, do not meet there.
    Path runtime = Files.createTempDirectory("tollway-run");
    builder.environment().put("HOME", runtime.toString());
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    builder.environment().putAll(environment);
    return new JavaProcess(what, builder.start(), runtime);
  }

  public static JavaProcess start(String mainClass, String... arguments) throws IOException {
    return start(List.of(), Map.of(), mainClass, arguments);
  }

  public Process process() {
    return process;
  }

  public List<String> out() {
    return List.copyOf(out);
  }

  public List<String> err() {
    return List.copyOf(err);
  }

  /** The first JSON object on stdout whose {@code event} is {@code event}. */
  public JsonObject event(String event) throws Exception {
    Await.until(
        what + " says " + event,
        Duration.ofSeconds(60),
        () -> {
          if (!process.isAlive() && find(event).isEmpty()) {
            throw new AssertionError(what + " ended: " + err + out);
          }
          return !find(event).isEmpty();
        });
    return find(event).get(0);
  }

  /** How often an event was told. */
  public int count(String event) {
    return find(event).size();
  }

  /** Waits for the end of the process. */
  public int exitCode() throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError(what + " does not end: " + err);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  /** SIGTERM. */
  public int stop() throws Exception {
    process.toHandle().destroy(); // Process.destroy would close the streams, unread.
    return exitCode();
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
      if (err.stream().anyMatch(line -> line.contains("loop is here"))) {
        System.err.println(what + " was stuck:\n" + String.join("\n", err));
      }
      for (Path each : Files.isDirectory(runtime) ? below(runtime) : List.<Path>of()) {
        Files.deleteIfExists(each);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (IOException refused) {
      throw new java.io.UncheckedIOException(refused);
    }
  }

  /** With {@code directory} itself, which comes last. */
  private static List<Path> below(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    }
  }

  private List<JsonObject> find(String event) {
    List<JsonObject> found = new ArrayList<>();
    for (String line : out) {
      if (line.startsWith("{")) {
        JsonObject object = JsonParser.parseString(line).getAsJsonObject();
        if (object.has("event") && object.get("event").getAsString().equals(event)) {
          found.add(object);
        }
      }
    }
    return found;
  }

  private void collect(BufferedReader from, List<String> lines) {
    Thread reader =
        new Thread(
            () -> {
              try {
                for (String line = from.readLine(); line != null; line = from.readLine()) {
                  lines.add(line);
                }
              } catch (IOException killed) {
                lines.add("(" + killed.getMessage() + ")");
              }
            });
    reader.setDaemon(true);
    reader.start();
    readers.add(reader);
  }
}
