// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.link.LinkDatagram;
import tollway.neighbor.ReceiptBudget;

/**
 * Who takes which message of {@link SidePort}, by its first word. What nobody takes is dropped, and
 * so is what a source says beyond its budget.
 */
final class SideMessages {
  private static final int LONGEST_TYPE = 32;

  private final Acquaintance acquaintance;
  private final Map<String, Taker> takers = new HashMap<>();
  private long unknown;
  private long overBudget;

  /** Takes what arrived from a link-local address on a configured link; checks the signature. */
  interface Handler {
    void message(LinkDatagram datagram);
  }

  /** Whether some neighbour speaks from there: strangers cannot use up what it may say. */
  interface Acquaintance {
    boolean speaksFrom(String link, Bytes source);
  }

  private record Taker(Handler handler, Optional<ReceiptBudget> budget) {}

  SideMessages(Acquaintance acquaintance) {
    this.acquaintance = acquaintance;
  }

  /**
   * {@code handler} gets every datagram that begins with {@code type} and a space: 20 a second of
   * one source, 500 of all strangers.
   */
  void on(String type, Handler handler, long nowNanos) {
    add(type, new Taker(handler, Optional.of(new ReceiptBudget(nowNanos))));
  }

  /** {@code handler} gets all of them, and has a budget of its own. */
  void onEvery(String type, Handler handler) {
    add(type, new Taker(handler, Optional.empty()));
  }

  private void add(String type, Taker taker) {
    if (type.isEmpty() || type.length() > LONGEST_TYPE || type.contains(" ")) {
      throw new IllegalArgumentException("not a type: '" + type + "'");
    }
    if (takers.put(type, taker) != null) {
      throw new IllegalStateException("two take '" + type + "'");
    }
  }

  void received(LinkDatagram datagram, long nowNanos) {
    Taker taker = takers.get(type(datagram.payload()));
    if (taker == null) {
      unknown++;
      return;
    }
    if (taker.budget().isEmpty() || mayCost(datagram, taker.budget().get(), nowNanos)) {
      taker.handler().message(datagram);
    } else {
      overBudget++;
    }
  }

  private boolean mayCost(LinkDatagram datagram, ReceiptBudget budget, long nowNanos) {
    String link = datagram.on().name();
    Bytes source = Bytes.of(datagram.source().getAddress().getAddress());
    return budget.take(link, source, acquaintance.speaksFrom(link, source), nowNanos);
  }

  /** The first word, empty when there is none that could be a type. */
  private static String type(Bytes payload) {
    int most = Math.min(payload.size(), LONGEST_TYPE + 1);
    for (int i = 0; i < most; i++) {
      if (payload.at(i) == ' ') {
        return payload.slice(0, i).utf8();
      }
    }
    return "";
  }

  /** What was dropped, if anything was. */
  void report(JsonObject messages) {
    if (unknown > 0) {
      messages.addProperty("UNKNOWN_TYPE", unknown);
    }
    if (overBudget > 0) {
      messages.addProperty("SIDE_OVER_BUDGET", overBudget);
    }
  }

  /** Datagrams that nobody takes. */
  long unknown() {
    return unknown;
  }

  long overBudget() {
    return overBudget;
  }
}
