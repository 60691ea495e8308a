// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tollway.cli.ExitCode;
import tollway.control.ControlCommands;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.loop.EventLoop;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;
import tollway.neighbor.Renewal;

/** What the operator wants of single tunnels. Owned by the node's loop. */
final class TunnelDesk {
  private final EventLoop os;
  private final Neighborhood neighborhood;
  private final TunnelKeeper keeper;
  private final NeighborNames names;

  /** What one command does to one tunnel. */
  private interface Wish {
    Renewal of(NeighborId id);
  }

  TunnelDesk(EventLoop os, Neighborhood neighborhood, TunnelKeeper keeper, NeighborNames names) {
    this.os = os;
    this.neighborhood = neighborhood;
    this.keeper = keeper;
    this.names = names;
  }

  void serve(ControlCommands commands) {
    commands.on("tunnel_open", (question, answer) -> renew(question, answer, neighborhood::open));
    commands.on(
        "tunnel_refresh", (question, answer) -> renew(question, answer, neighborhood::refresh));
    commands.on("tunnel_close", this::close);
  }

  private void renew(ControlQuestion question, ControlHandler.Answer answer, Wish wish)
      throws ControlRefusedException {
    List<NeighborId> meant = names.find(question.text("key"));
    ControlRefusedException first = null;
    int done = 0;
    for (NeighborId id : meant) {
      Optional<ControlRefusedException> refusal = refusal(id, wish.of(id));
      if (refusal.isEmpty()) {
        done++;
      } else if (first == null) {
        first = refusal.get();
      }
    }
    if (first != null && done == 0) {
      throw first;
    }
    answer.result(report(meant));
  }

  private static Optional<ControlRefusedException> refusal(NeighborId id, Renewal renewal) {
    String line =
        switch (renewal) {
          case BEGUN, THERE -> "";
          case UNKNOWN, UNHEARD ->
              "the neighbour does not hear us on "
                  + id.link()
                  + " yet: a tunnel is made as soon as it does";
          case CLOSED ->
              "that tunnel is closed: 'scrooge tunnel open " + id.node().base64() + "' opens it";
          case UNWELCOME ->
              "that neighbour is not trusted: 'scrooge neighbor allow "
                  + id.node().base64()
                  + "' lets it have a tunnel";
          case BUSY -> "as many tunnels as may be are there or have just been made: try later";
        };
    return line.isEmpty()
        ? Optional.empty()
        : Optional.of(new ControlRefusedException(ExitCode.FAILED, line));
  }

  /** Answers when the interfaces are gone. */
  private void close(ControlQuestion question, ControlHandler.Answer answer)
      throws ControlRefusedException {
    List<NeighborId> meant = names.find(question.text("key"));
    Optional<Duration> period = period(question);
    meant.forEach(id -> neighborhood.close(id, period));
    JsonObject report = report(meant);
    os.execute(() -> answer.result(report));
  }

  private static Optional<Duration> period(ControlQuestion question)
      throws ControlRefusedException {
    JsonElement millis = question.arguments().get("millis");
    if (millis == null) {
      return Optional.empty();
    }
    try {
      long value = millis.getAsLong();
      if (value > 0 && value <= Duration.ofDays(3650).toMillis()) {
        return Optional.of(Duration.ofMillis(value));
      }
    } catch (NumberFormatException | UnsupportedOperationException notANumber) {
      // Told below: one line for both faults.
    }
    throw new ControlRefusedException(ExitCode.USAGE, "'millis' is not a period");
  }

  private JsonObject report(List<NeighborId> meant) {
    JsonArray list = new JsonArray();
    for (NeighborId id : meant) {
      JsonObject json = new JsonObject();
      json.addProperty("publicKey", id.node().base64());
      json.addProperty("interface", id.link());
      json.addProperty("tunnel", keeper.name(id));
      neighborhood
          .find(id)
          .map(Neighbor::state)
          .ifPresent(state -> json.addProperty("state", state.name()));
      if (neighborhood.closed().containsKey(id)) {
        json.addProperty("closed", true);
      }
      list.add(json);
    }
    JsonObject result = new JsonObject();
    result.add("tunnels", list);
    return result;
  }
}
