// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import tollway.control.ControlEvents;
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
      out.println(text(command, stdin));
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
      out.println("echo " + word(value) + " > " + word(setting.toString()));
    }
  }

  static String text(List<String> command, String stdin) {
    String line = command.stream().map(PlanPrinter::word).collect(Collectors.joining(" "));
    return stdin.isEmpty() ? line : line + " <<'EOF'\n" + stdin.stripTrailing() + "\nEOF";
  }

  private static String word(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
