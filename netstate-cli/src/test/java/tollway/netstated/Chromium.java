// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless browser with one page, driven over its DevTools protocol. */
final class Chromium {
  static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String READY = "DevTools listening on ";

  private final Process process;
  private final WebSocket socket;
  private final String session;
  private final Pending pending;
  private final List<String> requests;
  private final List<String> complaints;

  private Chromium(Process process, WebSocket socket, String session, Pending pending) {
    this.process = process;
    this.socket = socket;
    this.session = session;
    this.pending = pending;
    this.requests = pending.requests;
    this.complaints = pending.complaints;
  }

  /** Starts a fresh browser that keeps its profile in {@code profile}. */
  static Chromium start(Path profile, int width, int height) throws Exception {
    Process process =
        new ProcessBuilder(
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
                "--remote-debugging-port=0",
                "about:blank")
            .redirectErrorStream(true)
            .start();
    try {
      Pending pending = new Pending();
      WebSocket socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(devTools(process), pending)
              .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      JsonArray targets =
          call(socket, pending, "Target.getTargets", new JsonObject(), null)
              .getAsJsonArray("targetInfos");
      JsonObject attach = new JsonObject();
      for (JsonElement target : targets) {
        if (target.getAsJsonObject().get("type").getAsString().equals("page")) {
          attach.add("targetId", target.getAsJsonObject().get("targetId"));
        }
      }
      attach.addProperty("flatten", true);
      String session =
          call(socket, pending, "Target.attachToTarget", attach, null)
              .get("sessionId")
              .getAsString();
      Chromium browser = new Chromium(process, socket, session, pending);
      for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
        browser.call(domain + ".enable", new JsonObject());
      }
      return browser;
    } catch (Exception failed) {
      process.destroyForcibly();
      throw failed;
    }
  }

  void open(String url) throws Exception {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("url", url);
    call("Page.navigate", parameters);
  }

  /** The value of a JavaScript expression, as text. */
  String evaluate(String expression) throws Exception {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("expression", "String(" + expression + ")");
    JsonObject answer = call("Runtime.evaluate", parameters);
    if (answer.has("exceptionDetails")) {
      throw new IOException(answer.get("exceptionDetails").toString());
    }
    return answer.getAsJsonObject("result").get("value").getAsString();
  }

  /** Waits until the expression is true; fails with what the page shows otherwise. */
  void await(String condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!evaluate(condition).equals("true")) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "never true on the page: " + condition + "\n" + evaluate("document.body.innerText"));
      }
      TimeUnit.MILLISECONDS.sleep(50); // The browser is another process: there is only asking.
    }
  }

  /** What the page asked the network for, in order. */
  List<String> requests() {
    return requests;
  }

  /** Errors that the page's console shows: exceptions, breaches of the policy. */
  List<String> complaints() {
    return complaints;
  }

  void size(int width, int height) throws Exception {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("width", width);
    parameters.addProperty("height", height);
    parameters.addProperty("deviceScaleFactor", 1);
    parameters.addProperty("mobile", false);
    call("Emulation.setDeviceMetricsOverride", parameters);
  }

  /** Writes what the page looks like to a PNG file. */
  void screenshot(Path file) throws Exception {
    String data = call("Page.captureScreenshot", new JsonObject()).get("data").getAsString();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  /** Ends the browser and all of its processes, so that its profile can be deleted. */
  void stop() throws Exception {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    try {
      call(socket, pending, "Browser.close", new JsonObject(), null);
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

  private JsonObject call(String method, JsonObject parameters) throws Exception {
    return call(socket, pending, method, parameters, session);
  }

  private static JsonObject call(
      WebSocket socket,
      Pending pending,
      String method,
      JsonObject parameters,
      @org.jspecify.annotations.Nullable String session)
      throws Exception {
    int id = pending.ids.incrementAndGet();
    JsonObject message = new JsonObject();
    message.addProperty("id", id);
    message.addProperty("method", method);
    message.add("params", parameters);
    if (session != null) {
      message.addProperty("sessionId", session);
    }
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    pending.answers.put(id, answer);
    socket.sendText(message.toString(), true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    try {
      JsonObject got = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (got.has("error")) {
        throw new IOException(method + ": " + got.get("error"));
      }
      return got.getAsJsonObject("result");
    } catch (TimeoutException silent) {
      throw new IOException("the browser did not answer " + method, silent);
    }
  }

  private static URI devTools(Process process) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(READY)) {
        return URI.create(line.substring(READY.length()).strip());
      }
    }
    throw new IOException("the browser ended before it was ready");
  }

  /** The calls that wait for an answer, and what the page did of itself. */
  private static final class Pending implements WebSocket.Listener {
    final AtomicInteger ids = new AtomicInteger();
    final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public @org.jspecify.annotations.Nullable CompletionStage<?> onText(
        WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        onMessage(JsonParser.parseString(text.toString()).getAsJsonObject());
        text.setLength(0);
      }
      socket.request(1);
      return null;
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
