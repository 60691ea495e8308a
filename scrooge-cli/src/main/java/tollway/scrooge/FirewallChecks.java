// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tollway.console.Check;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.firewall.Passage;
import tollway.firewall.ReversePath;
import tollway.firewall.Ruleset;

/**
 * Whether nftables can do what the forwarding policy needs, and whether other tables are in the
 * way.
 */
record FirewallChecks(Host host, Optional<Sandbox> sandbox) {
  private static final String NFT = "nft";
  private static final String OTHERS = "other nft tables";

  /** What the daemon loads, with a tunnel in it; {@code bridges} as well, or not. */
  static String policy(boolean bridges) {
    return new Ruleset(
            Map.of("tw0", new Passage("neighbour", 1)), Set.of("eth*"), ReversePath.STRICT, bridges)
        .text("doctor");
  }

  List<Check> all() throws IOException {
    if (!host.has(NFT)) {
      return List.of(Check.fail(NFT, "missing", "apt-get install nftables"));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(tried("nft inet family", policy(false), true));
    checks.add(tried("nft bridge family", policy(true), false));
    checks.add(others());
    return checks;
  }

  private Check tried(String name, String script, boolean needed) throws IOException {
    if (sandbox.isEmpty()) {
      return Check.warn(name, "cannot be tried", "run 'scrooge doctor' as root");
    }
    HostCommand.Result said = sandbox.get().run(script, NFT, "-f", "-");
    if (said.exitCode() == 0) {
      return Check.ok(name, "works");
    }
    String why = said.stderr().lines().findFirst().orElse("exit code " + said.exitCode());
    return needed
        ? Check.fail(name, why, "the kernel needs nf_tables with inet, fib and maps")
        : Check.warn(name, why, "frames that a bridge forwards past IP cannot be stopped");
  }

  /** Best effort: a chain that drops what it does not know, and knows nothing of our ports. */
  private Check others() throws IOException {
    HostCommand.Result said = host.attempt(List.of(NFT, "-j", "list", "ruleset"), "");
    if (said.exitCode() != 0) {
      return Check.warn(OTHERS, "cannot be read", "run 'scrooge doctor' as root");
    }
    try {
      return judge(JsonParser.parseString(said.stdout()).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException unexpected) {
      return Check.warn(OTHERS, "cannot be read", "look at 'nft list ruleset'");
    }
  }

  static Check judge(JsonObject ruleset) {
    List<String> dropping = new ArrayList<>();
    for (JsonElement each : ruleset.getAsJsonArray("nftables")) {
      JsonObject object = each.getAsJsonObject();
      if (object.has("chain")) {
        JsonObject chain = object.getAsJsonObject("chain");
        String hook = text(chain, "hook");
        boolean drops =
            text(chain, "policy").equals("drop") && !text(chain, "table").equals("tollway");
        boolean inTheWay =
            hook.equals("forward") || (hook.equals("input") && !mentions(ruleset, chain));
        if (drops && inTheWay) {
          dropping.add("%s %s (%s)".formatted(text(chain, "table"), text(chain, "name"), hook));
        }
      }
    }
    return dropping.isEmpty()
        ? Check.ok(OTHERS, "none drops by default")
        : Check.warn(
            OTHERS,
            "drop by default in " + String.join(", ", dropping),
            "let in UDP 8481, 8482 and the tunnel ports from the links; let pass what tunnels forward");
  }

  private static boolean mentions(JsonObject ruleset, JsonObject chain) {
    for (JsonElement each : ruleset.getAsJsonArray("nftables")) {
      JsonObject object = each.getAsJsonObject();
      if (object.has("rule")) {
        JsonObject rule = object.getAsJsonObject("rule");
        if (text(rule, "table").equals(text(chain, "table"))
            && text(rule, "chain").equals(text(chain, "name"))
            && rule.toString().contains("8481")) {
          return true;
        }
      }
    }
    return false;
  }

  private static String text(JsonObject object, String field) {
    return object.has(field) ? object.get(field).getAsString() : "";
  }
}
