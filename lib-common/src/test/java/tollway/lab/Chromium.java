// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Chromium, driven over its DevTools protocol through a pipe, so that it may live in a network
 * namespace of its own.
 */
public final class Chromium extends Browser {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private final BrowserWire wire;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final String session;

  private Chromium(Process process) throws Exception {
    super(process);
    wire = new BrowserWire(process, new ZeroEnded(), this::onNews);
    session = page();
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      call(domain + ".enable", new JsonObject());
    }
  }

  public static void require() {
    require(PROGRAM);
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
    return started(command, profile, Chromium::new);
  }

  private String page() throws Exception {
    JsonObject attach = new JsonObject();
    attach.addProperty("flatten", true);
    // The page comes a moment after the browser.
    Await.until(
        "the browser shows a page",
        () -> {
          for (JsonElement target :
              wire.call("Target.getTargets", new JsonObject()).getAsJsonArray("targetInfos")) {
            if (target.getAsJsonObject().get("type").getAsString().equals("page")) {
              attach.add("targetId", target.getAsJsonObject().get("targetId"));
            }
          }
          return attach.has("targetId");
        });
    return wire.call("Target.attachToTarget", attach).get("sessionId").getAsString();
  }

  @Override
  public void open(String url) throws Exception {
    call("Page.navigate", parameter("url", url));
  }

  @Override
  public String evaluate(String expression) throws Exception {
    JsonObject answer =
        call("Runtime.evaluate", parameter("expression", "String(" + expression + ")"));
    if (answer.has("exceptionDetails")) {
      throw new IOException(answer.get("exceptionDetails").toString());
    }
    return answer.getAsJsonObject("result").get("value").getAsString();
  }

  /** What the page asked the network for, in order. */
  public List<String> requests() {
    return requests;
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

  @Override
  void quit() throws Exception {
    wire.call("Browser.close", new JsonObject());
  }

  private JsonObject call(String method, JsonObject parameters) throws Exception {
    return wire.call(method, parameters, session);
  }

  private void onNews(String name, JsonObject news) {
    switch (name) {
      case "Network.requestWillBeSent" ->
          requests.add(news.getAsJsonObject("request").get("url").getAsString());
      case "Runtime.exceptionThrown", "Log.entryAdded" -> complaints.add(news.toString());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning").contains(news.get("type").getAsString())) {
          complaints.add(news.toString());
        }
      }
      default -> {
        // The page's many other news do not matter here.
      }
    }
  }

  /** A zero byte behind each message. */
  private static final class ZeroEnded implements BrowserWire.Framing {
    @Override
    public void write(OutputStream out, String text) throws IOException {
      out.write((text + "\0").getBytes(UTF_8));
    }

    @Override
    public String read(InputStream in) throws IOException {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      for (int next = in.read(); next != 0; next = in.read()) {
        if (next < 0) {
          throw new EOFException("the browser ended");
        }
        message.write(next);
      }
      return message.toString(UTF_8);
    }
  }
}
