// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.UserErrorException;

/** Which events a person wants to see, and until when. */
public final class EventChoice {
  @Option(
      names = "--only",
      split = ",",
      paramLabel = "EVENT",
      description = "Show these and no others.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--until", paramLabel = "EVENT", description = "End after this one.")
  private @Nullable String until;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "End after this time; before --until came, with exit code 1.")
  private @Nullable String wait;

  /** Refuses names that are not among {@code kinds}. */
  public void check(List<String> kinds) {
    limit();
    for (String name : only) {
      check("--only", name, kinds);
    }
    if (until != null) {
      check("--until", until, kinds);
      if (!only.isEmpty() && !only.contains(until)) {
        throw new UserErrorException("--until: '" + until + "' is not among --only");
      }
    }
  }

  /** Prints the events of {@code daemon} until it, its user or the time ends them. */
  public void print(Daemon daemon, boolean json, PrintWriter out)
      throws IOException, CommandFailedException, InterruptedException {
    EventReader reader =
        new EventReader(
            event -> show(event, json, out),
            until == null ? null : "event '" + until + "'",
            event -> event.get("event").getAsString().equals(until));
    daemon.follow(only, reader, limit(), () -> true);
  }

  private @Nullable Duration limit() {
    return wait == null ? null : DurationText.parse("--wait", wait);
  }

  private static void check(String option, String name, List<String> kinds) {
    if (!kinds.contains(name)) {
      throw new UserErrorException(
          option + ": '" + name + "' is none of " + String.join(", ", kinds));
    }
  }

  /** False when nobody reads our output any more. */
  private boolean show(JsonObject event, boolean json, PrintWriter out) {
    if (!only.isEmpty() && !only.contains(event.get("event").getAsString())) {
      return true; // That the daemon stops, for instance.
    }
    out.println(json ? event.toString() : EventText.line(event));
    return !out.checkError();
  }
}
