// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import tollway.control.ControlEvents;
import tollway.exec.Commands;
import tollway.exec.PlanHost;

/** Prints what would be done, so that a shell would do it; or as JSON, one object a line. */
final class PlanPrinter implements PlanHost.Listener {
  private final PrintWriter out;
  private final boolean json;

  PlanPrinter(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  @Override
  public void command(List<String> command, String stdin) {
    if (json) {
      JsonObject line = ControlEvents.event("plan");
      JsonArray words = new JsonArray();
      command.forEach(words::add);
      line.add("command", words);
      if (!stdin.isEmpty()) {
        line.addProperty("stdin", stdin);
      }
      out.println(line);
    } else {
      out.println(Commands.shellText(command, stdin));
    }
  }

  @Override
  public void setting(Path setting, String value) {
    if (json) {
      JsonObject line = ControlEvents.event("plan");
      line.addProperty("setting", setting.toString());
      line.addProperty("value", value);
      out.println(line);
    } else {
      out.println("echo " + Commands.quoted(value) + " > " + Commands.quoted(setting.toString()));
    }
  }
}
