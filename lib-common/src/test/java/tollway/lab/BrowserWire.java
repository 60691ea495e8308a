// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Numbered commands to a browser and its answers, as DevTools and WebDriver BiDi both have them.
 */
final class BrowserWire {
  /** How one JSON text is told from the next. */
  interface Framing {
    void write(OutputStream out, String text) throws IOException;

    /** Throws {@link EOFException} at the end. */
    String read(InputStream in) throws IOException;
  }

  private final Framing framing;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
  private final OutputStream out;
  private final BiConsumer<String, JsonObject> news;

  /**
   * Speaks through the standard streams of {@code process}.
   *
   * @param news hears the name and the parameters of each event
   */
  BrowserWire(Process process, Framing framing, BiConsumer<String, JsonObject> news) {
    this.framing = framing;
    this.news = news;
    out = process.getOutputStream();
    InputStream in = new BufferedInputStream(process.getInputStream(), 1 << 16);
    Thread reader = new Thread(() -> read(in), "browser");
    reader.setDaemon(true);
    reader.start();
  }

  JsonObject call(String method, JsonObject parameters) throws Exception {
    return call(method, parameters, null);
  }

  /** The same, to one of several pages where the protocol names them beside the parameters. */
  JsonObject call(String method, JsonObject parameters, @Nullable String session) throws Exception {
    JsonObject command = Browser.parameter("method", method);
    command.add("params", parameters);
    if (session != null) {
      command.addProperty("sessionId", session);
    }
    int id = ids.incrementAndGet();
    command.addProperty("id", id);
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    answers.put(id, answer);
    synchronized (out) {
      framing.write(out, command.toString());
      out.flush();
    }
    try {
      JsonObject got = answer.get(Browser.LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (got.has("error")) {
        throw new IOException(method + ": " + got);
      }
      return got.getAsJsonObject("result");
    } catch (TimeoutException | ExecutionException silent) {
      throw new IOException("the browser did not answer " + method, silent);
    }
  }

  private void read(InputStream in) {
    try {
      while (true) {
        onMessage(JsonParser.parseString(framing.read(in)).getAsJsonObject());
      }
    } catch (IOException end) {
      answers.values().forEach(waiting -> waiting.completeExceptionally(end));
    }
  }

  private void onMessage(JsonObject message) {
    if (!message.has("id")) {
      news.accept(message.get("method").getAsString(), message.getAsJsonObject("params"));
      return;
    }
    CompletableFuture<JsonObject> answer = answers.remove(message.get("id").getAsInt());
    if (answer != null) {
      answer.complete(message);
    }
  }
}
