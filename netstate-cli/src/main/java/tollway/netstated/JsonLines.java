// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import tollway.netstate.GraphJson;
import tollway.netstate.GraphView;

/** For scripts: a JSON object on a line of its own for each graph and for each loss. */
final class JsonLines implements WatchView {
  private final PrintWriter out;

  JsonLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void show(GraphView view) throws IOException {
    say(GraphJson.formatEvent(view));
  }

  @Override
  public void lost(String why) throws IOException {
    JsonObject line = new JsonObject();
    line.addProperty("event", "lost");
    line.addProperty("why", why);
    say(line.toString());
  }

  private void say(String line) throws IOException {
    out.println(line);
    PlainLines.check(out);
  }
}
