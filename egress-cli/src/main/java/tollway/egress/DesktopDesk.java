// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.cli.ExitCode;
import tollway.cli.UserErrorException;
import tollway.control.ControlCommands;
import tollway.metrics.Sample;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopFault;
import tollway.pipeline.DesktopStatus;
import tollway.pipeline.SpeedProgress;
import tollway.session.PathSnapshot;
import tollway.session.PathState;

/** What a desktop answers its user. On its loop. */
final class DesktopDesk implements RoleControl.Desk {
  private final Desktop desktop;
  private final Supplier<List<JsonObject>> present;
  private final Causes refused = new Causes("refused");

  DesktopDesk(Desktop desktop, Supplier<List<JsonObject>> present) {
    this.desktop = desktop;
    this.present = present;
  }

  @Override
  public void status(Consumer<JsonObject> sink) {
    DesktopStatus status = desktop.status();
    JsonObject json = new JsonObject();
    json.addProperty("node", desktop.nodeId().base64());
    json.addProperty("ready", status.ready());
    json.addProperty("state", status.state());
    status.transport().ifPresent(over -> json.addProperty("transport", over.word()));
    json.addProperty("freddie", status.freddie() ? "connected" : "not connected");
    json.addProperty("connecting", status.connecting());
    json.addProperty("connections", status.connections());
    json.addProperty("waiting", status.waiting());
    json.addProperty("opened", status.opened());
    json.addProperty("sentBytes", status.up());
    json.addProperty("receivedBytes", status.down());
    json.add("refused", Causes.json(status.refused()));
    json.add("errors", Causes.json(status.faults()));
    latest(status)
        .ifPresent(fault -> json.add("lastError", ErrorLine.of(fault).last(desktop.loop().now())));
    JsonArray paths = new JsonArray();
    status.paths().forEach(path -> paths.add(path(path)));
    json.add("paths", paths);
    JsonArray latest = new JsonArray();
    status.latest().forEach(fault -> latest.add(ErrorLine.of(fault).listed()));
    json.add("lastErrors", latest);
    sink.accept(json);
  }

  @Override
  public void serve(ControlCommands commands) {
    commands.on(
        "speedtest",
        (question, answer) -> {
          int seconds;
          try {
            seconds = SpeedText.seconds(question.text("seconds"));
          } catch (UserErrorException wrong) {
            answer.refuse(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
            return;
          }
          desktop
              .speedTest(seconds, SpeedProgress.UNSEEN)
              .whenComplete(
                  (measured, why) -> {
                    if (why == null) {
                      answer.result(SpeedText.json(measured));
                    } else {
                      answer.refuse(ExitCode.FAILED, SpeedText.why(why));
                    }
                  });
        });
  }

  @Override
  public List<JsonObject> present() {
    return present.get();
  }

  private static JsonObject path(PathSnapshot path) {
    JsonObject json = new JsonObject();
    json.addProperty("path", path.label());
    json.addProperty("state", Causes.word(path.state()));
    path.rtt()
        .ifPresent(rtt -> json.addProperty("rttMillis", Math.round(rtt.toNanos() / 1e5) / 10.0));
    json.addProperty("sentBytes", path.bytesSent());
    json.addProperty("receivedBytes", path.bytesReceived());
    json.addProperty("droppedFrames", path.framesDropped());
    return json;
  }

  private static Optional<DesktopFault> latest(DesktopStatus status) {
    List<DesktopFault> all = status.latest();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** Tells {@code sink} when connections of programs have come to nothing. On the loop. */
  void look(Consumer<JsonObject> sink) {
    refused.news(desktop.status().refused()).ifPresent(sink);
  }

  /** Tells {@code hour} what was carried. On the loop. */
  void tell(HourLine hour) {
    DesktopStatus status = desktop.status();
    hour.tell(status.opened(), status.up(), status.down());
  }

  /** For Prometheus. Any thread. */
  void measure(Consumer<List<Sample>> done) {
    desktop.loop().execute(() -> done.accept(samples(desktop.status())));
  }

  private static List<Sample> samples(DesktopStatus status) {
    List<Sample> all = new ArrayList<>();
    all.add(
        Sample.gauge(
            "egress.desktop.ready", "1 while the egress is reached.", status.ready() ? 1 : 0));
    all.add(
        Sample.gauge(
            "egress.desktop.connections",
            "Connections of programs to the proxy.",
            status.connections()));
    all.add(
        Sample.gauge(
            "egress.desktop.waiting", "Requests that wait for a way out.", status.waiting()));
    all.add(
        Sample.counter(
            "egress.desktop.opened", "Connections opened through the egress.", status.opened()));
    all.add(
        Sample.counter("egress.desktop.bytes", "Bytes that they carried.", status.up())
            .with("direction", "up"));
    all.add(
        Sample.counter("egress.desktop.bytes", "Bytes that they carried.", status.down())
            .with("direction", "down"));
    for (PathState state : PathState.values()) {
      long so = status.paths().stream().filter(path -> path.state() == state).count();
      all.add(
          Sample.gauge("egress.desktop.paths", "Paths to the egress.", (double) so)
              .with("state", Causes.word(state)));
    }
    all.addAll(
        Causes.samples(
            "egress.desktop.refused",
            "Connections of programs that did not come to be.",
            status.refused()));
    all.addAll(Causes.samples("egress.desktop.errors", "What went wrong.", status.faults()));
    return all;
  }
}
