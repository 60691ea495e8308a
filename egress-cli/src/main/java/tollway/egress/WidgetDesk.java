// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.cli.UserErrorException;
import tollway.control.ControlCommands;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.files.DirectoryLock;
import tollway.loop.EventLoop;
import tollway.metrics.Sample;
import tollway.pipeline.Widget;
import tollway.pipeline.WidgetFault;
import tollway.pipeline.WidgetLimits;
import tollway.pipeline.WidgetStatus;

/** What a volunteer answers its owner: its status, and changes of its limits. On its loop. */
final class WidgetDesk implements RoleControl.Desk {
  private static final int USAGE = 2;
  private static final int FAILED = 1;

  private final Widget widget;
  private final EventLoop loop;
  private final EventLoop os;
  private final Path state;
  private final Supplier<List<JsonObject>> present;

  /** Touched on the {@code os} loop, and before it has anything to do. */
  private @Nullable FileJournal journal;

  /** {@code state}: where what was relayed is written down, should there be a quota. */
  WidgetDesk(
      Widget widget, EventLoop loop, EventLoop os, Path state, Supplier<List<JsonObject>> present) {
    this.widget = widget;
    this.loop = loop;
    this.os = os;
    this.state = state;
    this.present = present;
  }

  /** Blocks. */
  FileJournal journal() throws IOException {
    FileJournal open = journal;
    if (open == null) {
      try {
        open = FileJournal.open(state.resolve("widget"), os, loop);
      } catch (DirectoryLock.TakenException taken) {
        throw new UserErrorException(
            "a quota is counted in one place: " + taken.getMessage() + "; choose another --state");
      }
      journal = open;
    }
    return open;
  }

  @Override
  public void status(Consumer<JsonObject> sink) {
    sink.accept(json(widget.status(), loop.now()));
  }

  @Override
  public List<JsonObject> present() {
    return present.get();
  }

  @Override
  public void serve(ControlCommands commands) {
    commands.on("set", this::set);
    commands.on("pause", (question, answer) -> stand(answer, widget::pause));
    commands.on("resume", (question, answer) -> stand(answer, widget::resume));
    commands.on("drain", (question, answer) -> stand(answer, widget::drain));
  }

  private void set(ControlQuestion question, ControlHandler.Answer answer)
      throws ControlRefusedException {
    Map<String, String> changes = new LinkedHashMap<>();
    for (String name : question.arguments().keySet()) {
      changes.put(name, question.text(name));
    }
    WidgetLimits wanted = changed(changes);
    if (wanted.hasQuota() && !widget.isCounting()) {
      os.execute(() -> countAndSet(changes, answer));
    } else {
      stand(answer, () -> limit(changes, wanted));
    }
  }

  private WidgetLimits changed(Map<String, String> changes) throws ControlRefusedException {
    try {
      return LimitText.apply(widget.limits(), changes);
    } catch (UserErrorException wrong) {
      throw new ControlRefusedException(USAGE, String.valueOf(wrong.getMessage()));
    }
  }

  private void limit(Map<String, String> changes, WidgetLimits wanted) {
    if (!changes.isEmpty()) {
      widget.limit(wanted);
    }
  }

  /** The first quota: begins to count, on the {@code os} loop. */
  private void countAndSet(Map<String, String> changes, ControlHandler.Answer answer) {
    try {
      FileJournal opened = journal();
      loop.execute(
          () -> {
            if (!widget.isCounting()) {
              widget.countIn(opened);
            }
            // Somebody else may have changed others meanwhile: ours go on top.
            stand(answer, () -> limit(changes, LimitText.apply(widget.limits(), changes)));
          });
    } catch (UserErrorException taken) {
      answer.refuse(USAGE, String.valueOf(taken.getMessage()));
    } catch (IOException refused) {
      answer.refuse(FAILED, "what is relayed cannot be written down: " + refused.getMessage());
    }
  }

  private void stand(ControlHandler.Answer answer, Runnable change) {
    change.run();
    WidgetStatus now = widget.status();
    JsonObject result = new JsonObject();
    standing(result, now);
    result.addProperty("people", people(now));
    result.add("limits", LimitText.json(now.limits()));
    answer.result(result);
  }

  private static long people(WidgetStatus status) {
    return status.slots().stream()
        .filter(slot -> slot.state() != WidgetStatus.State.CONNECTING)
        .count();
  }

  private static void standing(JsonObject json, WidgetStatus status) {
    json.addProperty("standing", Causes.word(status.standing()));
    json.addProperty("why", status.why());
  }

  private static JsonObject json(WidgetStatus status, Instant now) {
    JsonObject json = new JsonObject();
    json.addProperty("node", status.node().base64());
    standing(json, status);
    json.addProperty("via", Causes.word(status.via()));
    json.addProperty("freddie", status.freddie() ? "connected" : "not connected");
    JsonObject people = new JsonObject();
    for (WidgetStatus.State state : WidgetStatus.State.values()) {
      people.addProperty(Causes.word(state), people(status, state));
    }
    json.add("people", people);
    json.add("limits", LimitText.json(status.limits()));
    status.until().ifPresent(then -> json.addProperty("scheduleChangesAt", then.toString()));
    JsonObject relayed = new JsonObject();
    relayed.addProperty("upBytes", status.traffic().up());
    relayed.addProperty("downBytes", status.traffic().down());
    status.traffic().today().ifPresent(bytes -> relayed.addProperty("todayBytes", bytes));
    status.traffic().month().ifPresent(bytes -> relayed.addProperty("monthBytes", bytes));
    json.add("relayed", relayed);
    json.add("ended", Causes.json(status.ends()));
    json.add("errors", Causes.json(status.faults()));
    List<WidgetFault> latest = status.latest();
    if (!latest.isEmpty()) {
      WidgetFault last = latest.get(latest.size() - 1);
      json.add("lastError", ErrorLine.of(last).last(now));
    }
    json.add("egresses", list(status.egresses(), WidgetDesk::egress));
    json.add("slots", list(status.slots(), WidgetDesk::slot));
    json.add("lastErrors", list(latest, fault -> ErrorLine.of(fault).listed()));
    return json;
  }

  private static <T> JsonArray list(List<T> all, java.util.function.Function<T, JsonElement> one) {
    JsonArray array = new JsonArray();
    all.forEach(each -> array.add(one.apply(each)));
    return array;
  }

  private static JsonObject egress(WidgetStatus.Egress egress) {
    JsonObject json = new JsonObject();
    json.addProperty("egress", egress.egress().brief());
    json.addProperty("link", egress.up() ? "up" : "down");
    if (!egress.up()) {
      json.addProperty("why", egress.why());
    }
    return json;
  }

  private static JsonObject slot(WidgetStatus.Slot slot) {
    JsonObject json = new JsonObject();
    json.addProperty("person", slot.person().brief());
    json.addProperty("egress", slot.egress().brief());
    json.addProperty("distance", slot.distance());
    slot.next().ifPresent(next -> json.addProperty("next", next.brief()));
    json.addProperty("state", Causes.word(slot.state()));
    json.addProperty("upBytes", slot.up());
    json.addProperty("downBytes", slot.down());
    json.addProperty("droppedFrames", slot.dropped());
    json.addProperty("ageSeconds", slot.age().toSeconds());
    slot.quiet().ifPresent(quiet -> json.addProperty("quietSeconds", quiet.toSeconds()));
    return json;
  }

  /** For Prometheus. Any thread. */
  void measure(Consumer<List<Sample>> done) {
    loop.execute(() -> done.accept(samples(widget.status())));
  }

  private static List<Sample> samples(WidgetStatus status) {
    List<Sample> all = new ArrayList<>();
    for (WidgetStatus.State state : WidgetStatus.State.values()) {
      all.add(
          Sample.gauge(
                  "egress.widget.people", "People who are helped.", (double) people(status, state))
              .with("state", Causes.word(state)));
    }
    all.add(
        Sample.gauge(
            "egress.widget.egresses",
            "Egresses that are connected.",
            (double) status.egresses().stream().filter(WidgetStatus.Egress::up).count()));
    String relayed = "Bytes relayed.";
    all.add(
        Sample.counter("egress.widget.bytes", relayed, status.traffic().up())
            .with("direction", "up"));
    all.add(
        Sample.counter("egress.widget.bytes", relayed, status.traffic().down())
            .with("direction", "down"));
    all.addAll(Causes.samples("egress.widget.ends", "Slots that ended.", status.ends()));
    all.addAll(Causes.samples("egress.widget.errors", "What went wrong.", status.faults()));
    return all;
  }

  private static long people(WidgetStatus status, WidgetStatus.State state) {
    return status.slots().stream().filter(slot -> slot.state() == state).count();
  }
}
