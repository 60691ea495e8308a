// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tollway.loop.EventLoop;

/**
 * What happens in a daemon, told to everybody who asks for it by the command {@code events}: one
 * JSON line for each. Owned by the daemon's loop.
 */
public final class ControlEvents implements ControlHandler {
  private static final int READERS = 16;
  private static final int KINDS = 64;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final EventLoop loop;
  private final Supplier<List<JsonObject>> present;
  private final List<Reader> readers = new ArrayList<>();
  private long sequence;

  private record Reader(ControlHandler.Stream stream, Set<String> only) {
    void tell(JsonObject event) {
      if (only.isEmpty() || only.contains(event.get("event").getAsString())) {
        stream.send(event);
      }
    }
  }

  /** {@code present}: what is so already, as events; told first to each new reader. */
  public ControlEvents(EventLoop loop, Supplier<List<JsonObject>> present) {
    this.loop = loop;
    this.present = present;
  }

  /** The beginning of an event, to which its details are added. */
  public static JsonObject event(String kind) {
    JsonObject event = new JsonObject();
    event.addProperty("event", kind);
    return event;
  }

  /** Tells every reader of {@code event}, with the time and a number. Any thread. */
  public void publish(JsonObject event) {
    loop.execute(() -> tell(event));
  }

  private void tell(JsonObject event) {
    sequence++;
    readers.removeIf(reader -> !reader.stream().isOpen());
    if (!readers.isEmpty()) {
      JsonObject line = stamped(event);
      readers.forEach(reader -> reader.tell(line));
    }
  }

  @Override
  public void handle(ControlQuestion question, Answer answer) throws ControlRefusedException {
    Set<String> only = only(question.arguments());
    readers.removeIf(reader -> !reader.stream().isOpen());
    if (readers.size() >= READERS) {
      throw new ControlRefusedException(FAILED, READERS + " others read events already");
    }
    Reader reader = new Reader(answer.stream(new JsonObject()), only);
    for (JsonObject event : present.get()) {
      JsonObject line = stamped(event);
      line.addProperty("now", true);
      reader.tell(line);
    }
    readers.add(reader);
  }

  /** The kind, the time and the number first: people read from the left. */
  private JsonObject stamped(JsonObject event) {
    JsonObject line = event(event.get("event").getAsString());
    line.addProperty("at", loop.now().truncatedTo(ChronoUnit.MILLIS).toString());
    line.addProperty("seq", sequence);
    for (Map.Entry<String, JsonElement> detail : event.entrySet()) {
      if (!line.has(detail.getKey())) {
        line.add(detail.getKey(), detail.getValue());
      }
    }
    return line;
  }

  private static Set<String> only(JsonObject arguments) throws ControlRefusedException {
    Set<String> kinds = new HashSet<>();
    if (arguments.get("only") instanceof JsonArray list && list.size() <= KINDS) {
      for (JsonElement kind : list) {
        if (!kind.isJsonPrimitive()) {
          throw new ControlRefusedException(USAGE, "events: 'only' lists names of events");
        }
        kinds.add(kind.getAsString());
      }
    } else if (arguments.has("only")) {
      throw new ControlRefusedException(USAGE, "events: 'only' is a list of names");
    }
    return kinds;
  }
}
