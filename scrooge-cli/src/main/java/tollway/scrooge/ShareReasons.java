// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import tollway.control.ControlHandler;
import tollway.identity.NodeId;

/** Says why a neighbour gets what it gets: its weight among all, what is promised and delivered. */
final class ShareReasons {
  /** Who gets less than this of what is due is told so, in per cent. */
  private static final double SHORT = -10;

  private final Shares shares;

  ShareReasons(Shares shares) {
    this.shares = shares;
  }

  /** {@code told} hears on the loop, at once or after a second of measuring. */
  void of(NodeId node, Consumer<List<Reason>> told) {
    if (!shares.trouble().isEmpty()) {
      told.accept(
          List.of(new Reason("SHARE_TROUBLE", "Bandwidth is not shared out: " + shares.trouble())));
    } else if (shares.standing().isEmpty()) {
      told.accept(
          List.of(
              new Reason(
                  "NO_SHARE",
                  "It gets what the links carry: no share is set, 'scrooge share' sets one.")));
    } else {
      new ShareReport(shares)
          .answer(
              new ControlHandler.Answer() {
                @Override
                public void result(JsonObject measured) {
                  told.accept(reasons(node.base64(), measured));
                }

                @Override
                public void refuse(int code, String line) {
                  told.accept(List.of(new Reason("SHARE_TROUBLE", line)));
                }
              });
    }
  }

  static List<Reason> reasons(String key, JsonObject measured) {
    long all = 0;
    JsonObject own = null;
    for (JsonElement each : measured.getAsJsonArray("neighbors")) {
      JsonObject neighbor = each.getAsJsonObject();
      all += neighbor.get("weight").getAsLong();
      if (neighbor.get("publicKey").getAsString().equals(key)) {
        own = neighbor;
      }
    }
    if (own == null) {
      return List.of(
          new Reason("SHARE_PENDING", "Its share is being set up, or could not be measured."));
    }
    List<Reason> reasons = new ArrayList<>();
    reasons.add(
        new Reason(
            "SHARE",
            "Its weight is %s of %d in all (by %s), so of %s it is promised %s, and may have up to %s; it got %s just now."
                .formatted(
                    own.get("weight").getAsString(),
                    all,
                    own.get("origin").getAsString(),
                    rate(measured.get("shareKbit")),
                    rate(own.get("promisedKbit")),
                    rate(own.get("ceilKbit")),
                    rate(own.get("deliveredKbit")))));
    if (own.has("errorPercent") && own.get("errorPercent").getAsDouble() < SHORT) {
      reasons.add(
          new Reason(
              "SHARE_SHORT",
              "It wants more and is owed "
                  + rate(own.get("dueKbit"))
                  + ": the uplink carries less than was declared, or this host is busy."));
    }
    return reasons;
  }

  private static String rate(JsonElement kbit) {
    double value = kbit.getAsDouble();
    return value >= 1000
        ? String.format(Locale.ROOT, "%.1f Mbit/s", value / 1000)
        : String.format(Locale.ROOT, "%.0f kbit/s", value);
  }
}
