// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.control.ControlCommands;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.identity.NodeId;
import tollway.link.LinkConfig;
import tollway.link.LinkInterface;
import tollway.link.LinkInterfaces;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;
import tollway.tunnel.TunnelNames;
import tollway.tunnel.TunnelStatus;

/**
 * Says why there is no tunnel with somebody, or why it gets what share. Owned by the node's loop.
 */
final class Explainer {
  private final NodeId self;
  private final Neighborhood neighborhood;
  private final TunnelKeeper keeper;
  private final int limit;
  private final Surroundings surroundings;

  /** What else the node knows. */
  interface Surroundings {
    /** The links that are up and looked at. */
    List<LinkInterface> links();

    /** Whether the operator named that interface, or a pattern that fits it. */
    boolean wants(String name);

    /** Tells, now or later, what is to be said of a neighbour's share. */
    void share(NodeId node, Consumer<List<Reason>> told);
  }

  Explainer(
      NodeId self,
      Neighborhood neighborhood,
      TunnelKeeper keeper,
      int limit,
      Surroundings surroundings) {
    this.self = self;
    this.neighborhood = neighborhood;
    this.keeper = keeper;
    this.limit = limit;
    this.surroundings = surroundings;
  }

  void serve(ControlCommands commands) {
    commands.on("explain", this::answer);
  }

  private void answer(ControlQuestion question, ControlHandler.Answer answer)
      throws ControlRefusedException {
    Optional<String> about = question.optionalText("about");
    List<Subject> subjects = about.isEmpty() ? everything() : find(about.get());
    complete(new ArrayDeque<>(subjects), new JsonArray(), answer);
  }

  /** Something that is explained. */
  private record Subject(JsonObject what, List<Reason> reasons, Optional<NodeId> sharer) {}

  /** One after the other: what is said of shares may take a second to measure. */
  private void complete(Deque<Subject> left, JsonArray done, ControlHandler.Answer answer) {
    if (left.isEmpty()) {
      JsonObject result = new JsonObject();
      result.add("explained", done);
      answer.result(result);
      return;
    }
    Subject next = left.remove();
    Consumer<List<Reason>> told =
        share -> {
          JsonArray reasons = new JsonArray();
          next.reasons().forEach(reason -> reasons.add(reason.json()));
          share.forEach(reason -> reasons.add(reason.json()));
          next.what().add("reasons", reasons);
          done.add(next.what());
          complete(left, done, answer);
        };
    if (next.sharer().isPresent()) {
      surroundings.share(next.sharer().get(), told);
    } else {
      told.accept(List.of());
    }
  }

  private List<Subject> everything() {
    List<Subject> all = new ArrayList<>();
    for (LinkInterface link : surroundings.links()) {
      all.add(link(link));
    }
    neighborhood.snapshot().forEach(neighbor -> all.add(neighbor(neighbor)));
    neighborhood
        .closed()
        .forEach(
            (id, until) -> {
              if (neighborhood.find(id).isEmpty()) {
                all.add(closed(id, until));
              }
            });
    Subject messages = messages();
    if (!messages.reasons().isEmpty()) {
      all.add(messages);
    }
    return all;
  }

  private List<Subject> find(String about) throws ControlRefusedException {
    List<Subject> found = new ArrayList<>();
    for (Neighbor neighbor : neighborhood.snapshot()) {
      if (isMeant(about, neighbor)) {
        found.add(neighbor(neighbor));
      }
    }
    for (Map.Entry<NeighborId, Instant> each : neighborhood.closed().entrySet()) {
      if (neighborhood.find(each.getKey()).isEmpty() && isMeant(about, each.getKey())) {
        found.add(closed(each.getKey(), each.getValue()));
      }
    }
    linkSubject(about).ifPresent(link -> found.add(0, link));
    if (found.isEmpty()) {
      found.add(stranger(about));
      Subject messages = messages();
      if (!messages.reasons().isEmpty()) {
        found.add(messages);
      }
    }
    return found;
  }

  private boolean isMeant(String about, Neighbor neighbor) {
    Bytes address = address(about);
    return isMeant(about, neighbor.id())
        || neighbor.id().link().equals(about)
        || (address.size() > 0
            && (neighbor.contact().source().equals(address)
                || neighbor.contact().control().address().equals(address)
                || Bytes.of(TunnelNames.linkLocal(neighbor.id().node().key()).getAddress())
                    .equals(address)));
  }

  private boolean isMeant(String about, NeighborId id) {
    String key = id.node().base64();
    return keeper.name(id).equals(about)
        || (!about.isEmpty() && (key + "%" + id.link()).equals(about))
        || (about.length() >= 3 && key.startsWith(about));
  }

  /** Nothing when it is none. */
  private static Bytes address(String text) {
    byte @Nullable [] bytes =
        NetUtil.createByteArrayFromIpAddressString(text.replaceFirst("%.*", ""));
    return Bytes.of(bytes == null ? new byte[0] : bytes);
  }

  private Subject neighbor(Neighbor neighbor) {
    NeighborId id = neighbor.id();
    JsonObject what = named(id);
    what.addProperty("state", neighbor.state().name());
    TunnelKeeper.@Nullable Held held = keeper.held().get(id);
    long received = held == null ? 0 : held.status.map(TunnelStatus::receivedBytes).orElse(0L);
    Reason reason =
        Reasons.of(
            neighbor,
            new Reasons.Circumstances(
                neighborhood.now(),
                keeper.name(id),
                Optional.ofNullable(neighborhood.closed().get(id)),
                neighborhood.hasRoom(id),
                limit,
                keeper.trouble(id),
                received));
    return new Subject(
        what, List.of(reason), neighbor.mayForward() ? Optional.of(id.node()) : Optional.empty());
  }

  /** One whose tunnel is closed and whom we do not know now. */
  private Subject closed(NeighborId id, Instant until) {
    return new Subject(
        named(id),
        List.of(stranger(id.node()), Reasons.closed(id.node().base64(), until, neighborhood.now())),
        Optional.empty());
  }

  private JsonObject named(NeighborId id) {
    JsonObject what = new JsonObject();
    what.addProperty("publicKey", id.node().base64());
    what.addProperty("interface", id.link());
    what.addProperty("tunnel", keeper.name(id));
    return what;
  }

  private Subject link(LinkInterface link) {
    JsonObject what = new JsonObject();
    what.addProperty("interface", link.name());
    return new Subject(
        what,
        List.of(
            new Reason(
                "LOOKING",
                "We look for neighbours there, and hear what comes to UDP port "
                    + LinkConfig.PORT
                    + ".")),
        Optional.empty());
  }

  private Optional<Subject> linkSubject(String name) {
    for (LinkInterface link : surroundings.links()) {
      if (link.name().equals(name)) {
        return Optional.of(link(link));
      }
    }
    boolean exists;
    try {
      exists = LinkInterfaces.names().contains(name);
    } catch (IOException unreadable) {
      return Optional.empty();
    }
    if (TunnelNames.isInterfaceName(name) || (!exists && !surroundings.wants(name))) {
      return Optional.empty();
    }
    Reason reason;
    if (!surroundings.wants(name)) {
      reason =
          new Reason("NOT_LOOKED_AT", "We do not look for neighbours there: --interface lacks it.");
    } else if (exists) {
      reason =
          new Reason(
              "UNUSABLE",
              "We would look for neighbours there, but it is down or has no usable IPv6"
                  + " link-local address: 'ip -6 address show dev "
                  + name
                  + "'.");
    } else if (name.matches("[A-Za-z0-9._-]{1,15}") && address(name).size() == 0) {
      reason = new Reason("ABSENT", "There is no such interface now.");
    } else {
      return Optional.empty();
    }
    JsonObject what = new JsonObject();
    what.addProperty("interface", name);
    return Optional.of(new Subject(what, List.of(reason), Optional.empty()));
  }

  /** Somebody whom we do not know. */
  private Subject stranger(String about) throws ControlRefusedException {
    JsonObject what = new JsonObject();
    if (address(about).size() > 0) {
      what.addProperty("address", about);
      return new Subject(
          what,
          List.of(new Reason("NEVER_HEARD", "No neighbour speaks from there. " + whatToCheck())),
          Optional.empty());
    }
    NodeId node;
    try {
      node = NodeId.parse(about.replaceFirst("%.*", ""));
    } catch (MalformedBytesException notAKey) {
      throw new ControlRefusedException(
          ExitCode.FAILED,
          "nothing here is called '"
              + about
              + "': give a public key, its beginning, an interface or an address");
    }
    what.addProperty("publicKey", node.base64());
    return new Subject(what, List.of(stranger(node)), Optional.empty());
  }

  private Reason stranger(NodeId node) {
    if (node.equals(self)) {
      return new Reason("OURSELVES", "That is this node's own key.");
    }
    if (!neighborhood.policy().speaks()) {
      return new Reason("OFF", "We speak with nobody: trust is off.");
    }
    if (neighborhood.policy().blocks(node)) {
      return new Reason(
          "BLOCKED",
          "You blocked that key: 'scrooge neighbor unblock " + node.base64() + "' takes it back.");
    }
    return new Reason("NEVER_HEARD", "It was never heard, or not for long. " + whatToCheck());
  }

  private String whatToCheck() {
    List<String> links = surroundings.links().stream().map(LinkInterface::name).toList();
    return links.isEmpty()
        ? "None of our interfaces is up: 'scrooge explain INTERFACE' says why."
        : "Is it running, and on the same link as our "
            + String.join(", ", links)
            + "? 'scrooge hello -i "
            + links.get(0)
            + "' asks who is there; UDP port "
            + LinkConfig.PORT
            + " must be let in.";
  }

  /** Messages that were turned away. */
  private Subject messages() {
    List<Reason> reasons = new ArrayList<>();
    neighborhood
        .drops()
        .forEach(
            (why, count) ->
                reasons.add(
                    new Reason(
                        why.name(),
                        count
                            + (count == 1 ? " message" : " messages")
                            + " since the start "
                            + Reasons.of(why))));
    JsonObject what = new JsonObject();
    what.addProperty("messages", "turned away");
    return new Subject(what, reasons, Optional.empty());
  }
}
