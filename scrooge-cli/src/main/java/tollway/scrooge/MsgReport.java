// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import tollway.wire.Inspection;
import tollway.wire.SigningRule;

/** An inspected message on paper. */
final class MsgReport {
  private MsgReport() {}

  /** What the text says, without judging its signature. */
  static JsonObject fields(Inspection seen) {
    JsonObject json = new JsonObject();
    json.addProperty("type", seen.type());
    JsonArray versions = new JsonArray();
    seen.versions().forEach(versions::add);
    json.add("versions", versions);
    JsonObject fields = new JsonObject();
    seen.fields().forEach(field -> fields.addProperty(field.name(), field.value()));
    json.add("fields", fields);
    return json;
  }

  static void printFields(PrintWriter out, Inspection seen) {
    line(out, "type", seen.type());
    line(out, "version", String.join(" or ", seen.versions()));
    seen.fields().forEach(field -> line(out, field.name(), field.value()));
  }

  /** The same with the verdict on its signature and on the whole. */
  static JsonObject verdict(Inspection seen) {
    JsonObject json = new JsonObject();
    json.addProperty("valid", seen.fault().isEmpty());
    seen.fault().ifPresent(fault -> json.add("fault", Refusal.json(fault)));
    fields(seen).entrySet().forEach(each -> json.add(each.getKey(), each.getValue()));
    json.addProperty("rule", seen.rule().map(SigningRule::label).orElse(null));
    JsonObject wire = new JsonObject();
    wire.addProperty("accepted", seen.wireFault().isEmpty());
    seen.wireFault().ifPresent(fault -> wire.add("fault", Refusal.json(fault)));
    json.add("wire", wire);
    return json;
  }

  static void printVerdict(PrintWriter out, Inspection seen) {
    line(out, "valid", seen.fault().isEmpty() ? "yes" : "no");
    if (!seen.type().isEmpty()) {
      printFields(out, seen);
    }
    line(out, "rule", seen.rule().map(SigningRule::label).orElse("none matches"));
    line(out, "on the wire", seen.wireFault().map(Refusal::line).orElse("accepted"));
  }

  private static void line(PrintWriter out, String name, String value) {
    out.println(name + " ".repeat(Math.max(1, 22 - name.length())) + value);
  }
}
