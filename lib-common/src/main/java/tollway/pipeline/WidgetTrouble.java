// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What keeps a volunteer from its freddie and its egresses, all in one line. On its loop. */
final class WidgetTrouble {
  private final Map<String, String> egresses = new LinkedHashMap<>();
  private String freddie = "";

  /** {@code why}: empty when all is well. */
  void freddie(String why) {
    freddie = why;
  }

  /** {@code why}: the egress's URL, and what happened behind {@code ": "}. */
  void egress(String why) {
    egresses.put(why.split(": ", 2)[0], "egress at " + why);
  }

  /** One is connected: what the others lack is told when they try again. */
  void egressConnected() {
    egresses.clear();
  }

  /** In an order that does not depend on who tried last: what goes on reads the same. */
  String text() {
    List<String> all = new ArrayList<>();
    if (!freddie.isEmpty()) {
      all.add(freddie);
    }
    all.addAll(egresses.values());
    return all.isEmpty() ? "not connected yet" : String.join("; ", all);
  }
}
