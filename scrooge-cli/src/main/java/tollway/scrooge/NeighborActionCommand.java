// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Table;

/** What {@code scrooge neighbor} can do with one key; prints what is known of it then. */
abstract class NeighborActionCommand extends Subcommand {
  private final String action;

  @Mixin private ControlOptions daemon = new ControlOptions();

  NeighborActionCommand(String action) {
    this.action = action;
  }

  abstract String key();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("action", action);
    arguments.addProperty("key", key());
    JsonObject answer = daemon.ask("neighbor", arguments);
    if (daemon.json()) {
      io().out().println(answer);
    } else {
      print(answer);
    }
    return ExitCode.DONE;
  }

  private void print(JsonObject answer) {
    JsonArray links = answer.remove("links").getAsJsonArray();
    for (Map.Entry<String, JsonElement> entry : answer.entrySet()) {
      io().out().printf("%-15s %s%n", entry.getKey(), entry.getValue().getAsString());
    }
    if (!links.isEmpty()) {
      new Table(
              List.of("ON", "STATE", "TRUST", "CONTROL ADDRESS", "HEARD", "TUNNEL"),
              List.of("interface", "state", "trust", "controlAddress", "heardSecondsAgo", "tunnel"))
          .fill(links)
          .print(io().out());
    }
  }

  /** The actions that concern a key on one link, if it says which. */
  abstract static class OnLink extends NeighborActionCommand {
    @Parameters(
        paramLabel = "KEY[%IF]",
        description = "Which one; %%IF means on that interface only.")
    private String key = "";

    OnLink(String action) {
      super(action);
    }

    @Override
    String key() {
      return key;
    }
  }

  /** The actions that concern a key everywhere. */
  abstract static class Everywhere extends NeighborActionCommand {
    @Parameters(paramLabel = "KEY", description = "Which one.")
    private String key = "";

    Everywhere(String action) {
      super(action);
    }

    @Override
    String key() {
      return key;
    }
  }

  @Command(name = "show", description = "Show what is known of it.")
  static final class Show extends OnLink {
    Show() {
      super("show");
    }
  }

  @Command(
      name = "pin",
      description = "Let it have a tunnel whatever --trust is, and keep its place.")
  static final class Pin extends OnLink {
    Pin() {
      super("pin");
    }
  }

  @Command(name = "unpin", description = "Take 'pin' or 'allow' back.")
  static final class Unpin extends Everywhere {
    Unpin() {
      super("unpin");
    }
  }

  @Command(name = "allow", description = "Let it have a tunnel if --trust is 'pinned', too.")
  static final class Allow extends OnLink {
    Allow() {
      super("allow");
    }
  }

  @Command(name = "block", description = "End its tunnel, and take no notice of it from now on.")
  static final class Block extends Everywhere {
    Block() {
      super("block");
    }
  }

  @Command(name = "unblock", description = "Take 'block' back.")
  static final class Unblock extends Everywhere {
    Unblock() {
      super("unblock");
    }
  }

  @Command(
      name = "forget",
      description = "End its tunnel, and take its next hello for that of somebody new.")
  static final class Forget extends Everywhere {
    Forget() {
      super("forget");
    }
  }
}
