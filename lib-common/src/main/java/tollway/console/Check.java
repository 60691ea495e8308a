// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** One thing that a doctor looked at, and what to do when it is not as it has to be. */
public record Check(String name, State state, String text, String remedy) {
  /** How it is. */
  public enum State {
    OK,
    /** Works, but not as well as it could, or could not be tried. */
    WARN,
    /** Nothing works without it. */
    FAIL,
    /** Was not looked at, since something before it fails. */
    SKIP
  }

  public static Check ok(String name, String text) {
    return new Check(name, State.OK, text, "");
  }

  public static Check warn(String name, String text, String remedy) {
    return new Check(name, State.WARN, text, remedy);
  }

  public static Check fail(String name, String text, String remedy) {
    return new Check(name, State.FAIL, text, remedy);
  }

  public static Check skip(String name, String why) {
    return new Check(name, State.SKIP, why, "");
  }

  /**
   * Prints what a doctor found, a line each, or as one JSON object.
   *
   * @return whether nothing failed
   */
  public static boolean report(List<Check> checks, boolean json, PrintWriter out) {
    boolean fine = checks.stream().noneMatch(each -> each.state() == State.FAIL);
    if (json) {
      JsonObject report = new JsonObject();
      report.addProperty("fine", fine);
      JsonArray list = new JsonArray();
      checks.forEach(each -> list.add(each.json()));
      report.add("checks", list);
      out.println(report);
    } else {
      checks.forEach(each -> out.println(each.line()));
    }
    return fine;
  }

  /** For people: one line, whatever the text holds. */
  public String line() {
    String told = remedy.isEmpty() ? text : text + ": " + remedy;
    return "%-4s  %-18s  %s"
        .formatted(
            state == State.FAIL ? "FAIL" : label(), name, told.replaceAll("\\s*\\R\\s*", "; "));
  }

  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("state", label());
    json.addProperty("text", text);
    if (!remedy.isEmpty()) {
      json.addProperty("remedy", remedy);
    }
    return json;
  }

  private String label() {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
