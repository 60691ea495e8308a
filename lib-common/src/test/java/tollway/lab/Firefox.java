// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Firefox, driven over WebDriver BiDi: a WebSocket on its own 127.0.0.1. A shell beside it carries
 * our bytes there, so that it may live in a network namespace of its own.
 */
public final class Firefox extends Browser {
  private static final Path PROGRAM = Path.of("/usr/bin/firefox-esr");

  /** It would ask its maker's servers for news: it finds no names, nor a proxy that does. */
  private static final Map<String, Object> QUIET =
      Map.of("network.dns.disabled", true, "network.proxy.type", 0);

  /** The browser says in a file of its profile where it listens. Arguments: profile, program… */
  private static final String BESIDE =
      """
      exec 4<&0 5>&1 </dev/null >&2
      profile=$0
      port() { sed -n 's/.*"ws_port": *\\([0-9]*\\).*/\\1/p' "$profile/WebDriverBiDiServer.json"; }
      {
        for ((tries = 0; tries < 600; tries++)); do
          port=$(port 2>/dev/null)
          [ -z "$port" ] && kill -0 $$ || break
          sleep 0.05
        done
        exec 3<>"/dev/tcp/127.0.0.1/$port"
        echo "$port" >&5
        cat <&4 >&3 5>&- &
        exec cat <&3 >&5
      } &
      exec "$@" 4<&- 5>&-
      """;

  private final BrowserWire wire;
  private final String page;

  private Firefox(Process process) throws Exception {
    super(process);
    String port = WebSocketFraming.readUntil(process.getInputStream(), "\n").strip();
    WebSocketFraming.shakeHands(process, "127.0.0.1:" + port, "/session");
    wire = new BrowserWire(process, new WebSocketFraming(), this::onNews);
    JsonObject session = new JsonObject();
    session.add("capabilities", new JsonObject());
    wire.call("session.new", session);
    JsonArray events = new JsonArray();
    events.add("log.entryAdded");
    JsonObject subscription = new JsonObject();
    subscription.add("events", events);
    wire.call("session.subscribe", subscription);
    JsonArray pages =
        wire.call("browsingContext.getTree", new JsonObject()).getAsJsonArray("contexts");
    page = pages.get(0).getAsJsonObject().get("context").getAsString();
  }

  public static void require() {
    require(PROGRAM);
  }

  /**
   * Starts a fresh browser behind {@code prefix}, such as ip netns exec. It keeps its profile in
   * {@code profile}, which differs from a new one in these preferences.
   */
  public static Firefox start(List<String> prefix, Path profile, Map<String, Object> preferences)
      throws Exception {
    Map<String, Object> all = new TreeMap<>(QUIET);
    all.putAll(preferences);
    List<String> lines = new ArrayList<>();
    all.forEach(
        (name, value) ->
            lines.add("user_pref(\"" + name + "\", " + new Gson().toJson(value) + ");"));
    Files.write(profile.resolve("user.js"), lines);
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("bash", "-c", BESIDE, profile.toString()));
    command.addAll(
        List.of(
            PROGRAM.toString(),
            "--headless",
            "--no-remote",
            "--profile",
            profile.toString(),
            "--remote-debugging-port=0",
            "about:blank"));
    return started(command, profile, Firefox::new);
  }

  @Override
  public void open(String url) throws Exception {
    JsonObject parameters = parameter("context", page);
    parameters.addProperty("url", url);
    parameters.addProperty("wait", "complete");
    wire.call("browsingContext.navigate", parameters);
  }

  @Override
  public String evaluate(String expression) throws Exception {
    JsonObject parameters = parameter("expression", "String(" + expression + ")");
    parameters.add("target", parameter("context", page));
    parameters.addProperty("awaitPromise", false);
    JsonObject answer = wire.call("script.evaluate", parameters);
    JsonElement exception = answer.get("exceptionDetails");
    if (exception != null) {
      throw new IOException(exception.toString());
    }
    return answer.getAsJsonObject("result").get("value").getAsString();
  }

  @Override
  void quit() throws Exception {
    wire.call("browser.close", new JsonObject());
  }

  private void onNews(String name, JsonObject news) {
    if (name.equals("log.entryAdded")
        && List.of("error", "warn").contains(news.get("level").getAsString())) {
      complaints.add(news.toString());
    }
  }
}
