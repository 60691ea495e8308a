// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads the JSON that {@code nft} prints of our table. */
final class NftJson {
  private NftJson() {}

  static Optional<Firewall.Standing> standing(JsonObject printed) {
    Set<String> authed = null;
    JsonObject forwarded = null;
    JsonObject dropped = null;
    boolean dropsByPolicy = false;
    int rules = 0;
    for (JsonElement element : printed.getAsJsonArray("nftables")) {
      JsonObject entry = element.getAsJsonObject();
      if (entry.has("set")) {
        authed = elements(entry.getAsJsonObject("set"));
      } else if (entry.has("chain")) {
        dropsByPolicy |= isDropPolicy(entry.getAsJsonObject("chain"));
      } else if (entry.has("rule")) {
        rules++;
      } else if (entry.has("counter")) {
        JsonObject counter = entry.getAsJsonObject("counter");
        switch (counter.get("name").getAsString()) {
          case "forwarded" -> forwarded = counter;
          case "dropped" -> dropped = counter;
          default -> {} // Not ours; harmless.
        }
      }
    }
    if (authed == null || forwarded == null || dropped == null || !dropsByPolicy || rules != 2) {
      return Optional.empty();
    }
    return Optional.of(
        new Firewall.Standing(
            authed,
            new Firewall.Counters(
                forwarded.get("packets").getAsLong(),
                forwarded.get("bytes").getAsLong(),
                dropped.get("packets").getAsLong(),
                dropped.get("bytes").getAsLong())));
  }

  private static boolean isDropPolicy(JsonObject chain) {
    return chain.has("policy") && chain.get("policy").getAsString().equals("drop");
  }

  private static Set<String> elements(JsonObject set) {
    Set<String> names = new HashSet<>();
    if (set.has("elem")) {
      set.getAsJsonArray("elem").forEach(name -> names.add(name.getAsString()));
    }
    return names;
  }
}
