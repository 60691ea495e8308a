// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Locale;
import tollway.cli.HostPort;
import tollway.crawl.Examination;
import tollway.stun.NatBehavior;

/** What came of examining a server, for people and for scripts. */
final class ExaminationText {
  private ExaminationText() {}

  static JsonObject json(HostPort asked, Examination found, boolean showAddress) {
    JsonObject json = new JsonObject();
    json.addProperty("server", asked.toString());
    if (!found.server().isUnresolved()) {
      json.addProperty("address", NetUtil.toSocketAddressString(found.server()));
    }
    json.addProperty("state", found.verdict().text());
    if (!found.why().isEmpty()) {
      json.addProperty("why", found.why());
    }
    json.addProperty("asked", found.rounds().asked());
    json.addProperty("answered", found.rounds().answered());
    if (found.rounds().answered() > 0) {
      json.addProperty("ms", millis(found.rounds().median()));
      json.addProperty("fastest_ms", millis(found.rounds().fastest()));
    }
    found.said().ifPresent(said -> add(json, said, showAddress));
    return json;
  }

  private static void add(JsonObject json, Examination.Said said, boolean showAddress) {
    json.addProperty("confirmed", said.confirmed());
    json.addProperty("fingerprint", said.fingerprint());
    json.addProperty("rfc5780", said.discovery().text());
    if (!said.software().isEmpty()) {
      json.addProperty("software", said.software());
    }
    if (showAddress) {
      json.addProperty("mapped", NetUtil.toSocketAddressString(said.mapped()));
    }
  }

  static JsonObject json(HostPort server, NatBehavior nat) {
    JsonObject json = new JsonObject();
    json.addProperty("server", server.toString());
    json.addProperty("translated", nat.translated());
    json.addProperty("mapping", nat.mapping().text());
    json.addProperty("filtering", nat.filtering().text());
    return json;
  }

  /** For a table. */
  static JsonObject row(HostPort asked, Examination found, boolean showAddress) {
    JsonObject row = new JsonObject();
    row.addProperty("server", asked.toString());
    row.addProperty("state", found.verdict().text());
    row.addProperty("answers", found.rounds().answered() + "/" + found.rounds().asked());
    if (found.rounds().answered() > 0) {
      row.addProperty(
          "ms", String.format(Locale.ROOT, "%.1f", found.rounds().median().toNanos() / 1e6));
    }
    found
        .said()
        .ifPresent(
            said -> {
              row.addProperty("rfc5780", said.discovery().text());
              if (found.isGood()) {
                row.addProperty("note", note(said, showAddress));
              }
            });
    if (!found.why().isEmpty()) {
      row.addProperty("note", found.why());
    }
    return row;
  }

  private static String note(Examination.Said said, boolean showAddress) {
    String address = said.confirmed() ? "address confirmed" : "address not confirmed";
    return showAddress ? address + ": " + NetUtil.toSocketAddressString(said.mapped()) : address;
  }

  /** A sentence. */
  static String line(HostPort server, NatBehavior nat) {
    return "%s, as %s sees it; mapping %s, filtering %s"
        .formatted(
            nat.translated() ? "behind a NAT" : "behind no NAT",
            server,
            nat.mapping().text(),
            nat.filtering().text());
  }

  /** With microseconds. */
  private static double millis(Duration time) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e6));
  }
}
