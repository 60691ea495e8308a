// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;

/**
 * What is strange about a message that verifies, and the number of the packet it is held against.
 */
record Oddity(Kind kind, int against) {
  enum Kind {
    /** The same bytes were recorded before. */
    REPEATS("repeats"),
    /** Its sender has used its sequence number, or a higher one, for something else. */
    GOES_BACK("goes back behind"),
    /** Its sequence number is years ahead of every clock: what its sender says later is refused. */
    LOCKS("locks its sender out");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  String text() {
    return kind == Kind.LOCKS ? kind.label : kind.label + " #" + against;
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("kind", kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    if (kind != Kind.LOCKS) {
      json.addProperty("against", against);
    }
    return json;
  }
}
