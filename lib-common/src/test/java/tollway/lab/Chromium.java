// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A headless browser with one page, driven over its DevTools protocol. It is spoken to through a
 * pipe, so it may live in a network namespace of its own.
 */
public final class Chromium {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final DevTools devTools;
  private final String session;

  private Chromium(Process process, DevTools devTools, String session) {
    this.process = process;
    this.devTools = devTools;
    this.session = session;
  }

  /** Skips the calling test with a printed reason where there is no browser. */
  public static void require() {
    boolean there = Files.isExecutable(PROGRAM);
    String missing = "there is no " + PROGRAM;
    if (!there) {
      System.err.println("SKIPPED: " + missing);
    }
    Assumptions.assumeTrue(there, missing);
  }

  /** Starts a fresh browser that keeps its profile in {@code profile}. */
  public static Chromium start(Path profile, int width, int height) throws Exception {
    return start(List.of(), profile, width, height);
  }

  /** Starts it behind {@code prefix}, such as ip netns exec. */
  public static Chromium start(List<String> prefix, Path profile, int width, int height)
      throws Exception {
    List<String> command = new ArrayList<>(prefix);
    // The browser reads its commands from descriptor 3 and answers on 4.
    command.addAll(List.of("sh", "-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >&2"));
    command.addAll(
        List.of(
            PROGRAM.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--user-data-dir=" + profile,
            "--window-size=" + width + "," + height,
            "--remote-debugging-pipe",
            "about:blank"));
    Path log = profile.resolve("stderr.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("TMPDIR", profile.toString()); // What a killed one leaves goes too.
    Process process = builder.start();
    try {
      DevTools devTools = new DevTools(process);
      Chromium browser = new Chromium(process, devTools, page(devTools));
      for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
        browser.call(domain + ".enable", new JsonObject());
      }
      return browser;
    } catch (Exception failed) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IOException("no browser: " + Files.readString(log), failed);
    }
  }

  private static String page(DevTools devTools) throws Exception {
    JsonObject attach = new JsonObject();
    attach.addProperty("flatten", true);
    // The page comes a moment after the browser.
    Await.until(
        "the browser shows a page",
        () -> {
          for (JsonElement target :
              devTools
                  .call("Target.getTargets", new JsonObject(), null)
                  .getAsJsonArray("targetInfos")) {
            if (target.getAsJsonObject().get("type").getAsString().equals("page")) {
              attach.add("targetId", target.getAsJsonObject().get("targetId"));
            }
          }
          return attach.has("targetId");
        });
    return devTools.call("Target.attachToTarget", attach, null).get("sessionId").getAsString();
  }

  public void open(String url) throws Exception {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("url", url);
    call("Page.navigate", parameters);
  }

  /** The value of a JavaScript expression, as text. */
  public String evaluate(String expression) throws Exception {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("expression", "String(" + expression + ")");
    JsonObject answer = call("Runtime.evaluate", parameters);
    if (answer.has("exceptionDetails")) {
      throw new IOException(answer.get("exceptionDetails").toString());
    }
    return answer.getAsJsonObject("result").get("value").getAsString();
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

  /** What the page asked the network for, in order. */
  public List<String> requests() {
    return devTools.requests;
  }

  /** Errors that the page's console shows: exceptions, breaches of the policy. */
  public List<String> complaints() {
    return devTools.complaints;
  }

  public void size(int width, int height) throws Exception {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("width", width);
    parameters.addProperty("height", height);
    parameters.addProperty("deviceScaleFactor", 1);
    parameters.addProperty("mobile", false);
    call("Emulation.setDeviceMetricsOverride", parameters);
  }

  /** Writes what the page looks like to a PNG file. */
  public void screenshot(Path file) throws Exception {
    String data = call("Page.captureScreenshot", new JsonObject()).get("data").getAsString();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  /** Ends the browser and all of its processes, so that its profile can be deleted. */
  public void stop() throws Exception {
    List<ProcessHandle> all = processes();
    try {
      devTools.call("Browser.close", new JsonObject(), null);
    } catch (IOException alreadyGone) {
      process.destroy();
    }
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
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  private List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  private JsonObject call(String method, JsonObject parameters) throws Exception {
    return devTools.call(method, parameters, session);
  }

  /** JSON messages with a zero byte behind each, both ways. */
  private static final class DevTools {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> complaints = new CopyOnWriteArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    private final OutputStream out;

    DevTools(Process process) {
      out = process.getOutputStream();
      InputStream in = new BufferedInputStream(process.getInputStream(), 1 << 16);
      Thread reader = new Thread(() -> read(in), "chromium");
      reader.setDaemon(true);
      reader.start();
    }

    JsonObject call(String method, JsonObject parameters, @Nullable String session)
        throws Exception {
      int id = ids.incrementAndGet();
      JsonObject message = new JsonObject();
      message.addProperty("id", id);
      message.addProperty("method", method);
      message.add("params", parameters);
      if (session != null) {
        message.addProperty("sessionId", session);
      }
      CompletableFuture<JsonObject> answer = new CompletableFuture<>();
      answers.put(id, answer);
      synchronized (out) {
        out.write((message + "\0").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
      try {
        JsonObject got = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (got.has("error")) {
          throw new IOException(method + ": " + got.get("error"));
        }
        return got.getAsJsonObject("result");
      } catch (TimeoutException | ExecutionException silent) {
        throw new IOException("the browser did not answer " + method, silent);
      }
    }

    private void read(InputStream in) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      IOException end = new EOFException("the browser ended");
      try {
        for (int next = in.read(); next >= 0; next = in.read()) {
          if (next > 0) {
            message.write(next);
          } else {
            onMessage(
                JsonParser.parseString(message.toString(StandardCharsets.UTF_8)).getAsJsonObject());
            message.reset();
          }
        }
      } catch (IOException killed) {
        end = killed;
      }
      for (CompletableFuture<JsonObject> waiting : answers.values()) {
        waiting.completeExceptionally(end);
      }
    }

    private void onMessage(JsonObject message) {
      if (message.has("id")) {
        CompletableFuture<JsonObject> answer = answers.remove(message.get("id").getAsInt());
        if (answer != null) {
          answer.complete(message);
        }
        return;
      }
      JsonObject parameters = message.getAsJsonObject("params");
      switch (message.get("method").getAsString()) {
        case "Network.requestWillBeSent" ->
            requests.add(parameters.getAsJsonObject("request").get("url").getAsString());
        case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(parameters.toString());
        case "Runtime.consoleAPICalled" -> {
          if (Arrays.asList("error", "warning").contains(parameters.get("type").getAsString())) {
            complaints.add(parameters.toString());
          }
        }
        default -> {
          // The page's many other news do not matter here.
        }
      }
    }
  }
}
