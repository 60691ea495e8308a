// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real browser with one page, headless, that a test drives. */
public abstract class Browser {
  static final Duration LIMIT = Duration.ofSeconds(60);

  /** How a browser is made of its process. */
  interface Maker<B extends Browser> {
    B make(Process process) throws Exception;
  }

  final List<String> complaints = new CopyOnWriteArrayList<>();
  private final Process process;

  Browser(Process process) {
    this.process = process;
  }

  /** Runs the command; what it says on stderr is kept in {@code profile}. */
  static <B extends Browser> B started(List<String> command, Path profile, Maker<B> maker)
      throws Exception {
    Path log = profile.resolve("stderr.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("HOME", profile.toString());
    builder.environment().put("TMPDIR", profile.toString()); // What a killed one leaves goes too.
    Process process = builder.start();
    try {
      return maker.make(process);
    } catch (Exception failed) {
      family(process).forEach(ProcessHandle::destroyForcibly);
      throw new IOException("no browser: " + Files.readString(log), failed);
    }
  }

  /** Skips the calling test with a printed reason where there is no such program. */
  static void require(Path program) {
    boolean there = Files.isExecutable(program);
    String missing = "there is no " + program;
    if (!there) {
      System.err.println("SKIPPED: " + missing);
    }
    Assumptions.assumeTrue(there, missing);
  }

  /** Shows another page. */
  public abstract void open(String url) throws Exception;

  /** The value of a JavaScript expression, as text. */
  public abstract String evaluate(String expression) throws Exception;

  /** Asks the browser to end. */
  abstract void quit() throws Exception;

  static JsonObject parameter(String name, String value) {
    JsonObject parameters = new JsonObject();
    parameters.addProperty(name, value);
    return parameters;
  }

  /** Waits until the expression is true; fails with what the page shows otherwise. */
  public void await(String condition) throws Exception {
    try {
      Await.until(condition, LIMIT, () -> evaluate(condition).equals("true"));
    } catch (AssertionError never) {
      throw new AssertionError(
          "never true on the page: " + condition + "\n" + evaluate("document.body.innerText"),
          never);
    }
  }

  /** Errors that the page's console shows: exceptions, breaches of the policy. */
  public List<String> complaints() {
    return complaints;
  }

  /** Ends the browser and all of its processes, so that its profile can be deleted. */
  public void stop() throws Exception {
    List<ProcessHandle> all = family(process).toList();
    try {
      quit();
    } catch (IOException alreadyGone) {
      process.destroy();
    }
    process.getOutputStream().close();
    for (ProcessHandle one : all) {
      try {

        one.onExit().get(10, TimeUnit.SECONDS);
      } catch (TimeoutException stuck) {
        one.destroyForcibly();
        one.onExit().get(10, TimeUnit.SECONDS);
      }
    }
  }

  /** SIGKILL to all of its processes: no word to anybody. */
  public void kill() throws Exception {
    List<ProcessHandle> all = family(process).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  private static Stream<ProcessHandle> family(Process process) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }
}
