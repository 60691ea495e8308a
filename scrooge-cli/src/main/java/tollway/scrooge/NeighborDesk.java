// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.control.ControlCommands;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.neighbor.Neighborhood;
import tollway.trust.Standing;
import tollway.trust.TrustBook;
import tollway.trust.TrustRule;

/**
 * What the operator says of single neighbours while the daemon runs: takes effect at once, and is
 * kept. Owned by the node's loop.
 */
final class NeighborDesk {
  private static final Logger log = LoggerFactory.getLogger(NeighborDesk.class);

  private final EventLoop loop;
  private final EventLoop os;
  private final NodeId self;
  private final Neighborhood neighborhood;
  private final Supplier<JsonObject> neighbors;
  private final TrustBook book;
  private final Memory memory;

  /**
   * What outlives the process: for each key, what was said of it. Blocks: at the start and on os.
   */
  interface Memory {
    Map<String, String> kept() throws IOException;

    void keep(String key, Optional<String> said) throws IOException;
  }

  /** {@code neighbors} is what {@code scrooge neighbors} shows. */
  NeighborDesk(
      EventLoop loop,
      EventLoop os,
      NodeId self,
      Neighborhood neighborhood,
      Supplier<JsonObject> neighbors,
      TrustConfig config,
      Memory memory)
      throws IOException {
    this.loop = loop;
    this.os = os;
    this.self = self;
    this.neighborhood = neighborhood;
    this.neighbors = neighbors;
    this.memory = memory;
    book = new TrustBook(config.mode());
    config.sources().forEach(source -> book.list(source.name(), source.rules()));
    memory.kept().forEach(this::recall);
    neighborhood.trust(book.policy());
  }

  /** A file of keys was read again. */
  void listed(String source, List<TrustRule> rules) {
    loop.checkInLoop();
    book.list(source, rules);
    neighborhood.trust(book.policy());
  }

  void serve(ControlCommands commands) {
    commands.on("neighbor", this::answer);
  }

  /** {@code standing} or {@code standing%interface}. */
  private void recall(String key, String said) {
    int percent = said.indexOf('%');
    Optional<Standing> standing = Standing.ofLabel(percent < 0 ? said : said.substring(0, percent));
    try {
      if (standing.isEmpty()) {
        throw new MalformedBytesException("'" + said + "' is no standing");
      }
      String place = percent < 0 ? key : key + said.substring(percent);
      book.say(TrustRule.parse(place, standing.get()));
    } catch (MalformedBytesException damaged) {
      log.warn("not remembered of {}: {}", key, damaged.getMessage());
    }
  }

  private void answer(ControlQuestion question, ControlHandler.Answer answer)
      throws ControlRefusedException {
    String name = question.text("key");
    int percent = name.indexOf('%');
    NodeId node = find(percent < 0 ? name : name.substring(0, percent));
    String place = percent < 0 ? node.base64() : node.base64() + name.substring(percent);
    String action = question.text("action");
    if (percent >= 0 && !List.of("pin", "allow", "show").contains(action)) {
      throw refusal(
          "'" + action + "' is for every interface: leave out " + name.substring(percent));
    }
    switch (action) {
      case "show" -> answer.result(shown(node, percent < 0 ? "" : name.substring(percent + 1)));
      case "pin" -> say(rule(place, Standing.PINNED), answer);
      case "allow" -> say(rule(place, Standing.ALLOWED), answer);
      case "block" -> say(rule(place, Standing.BLOCKED), answer);
      case "unpin" -> takeBack(node, List.of(Standing.PINNED, Standing.ALLOWED), answer);
      case "unblock" -> takeBack(node, List.of(Standing.BLOCKED), answer);
      case "forget" -> {
        neighborhood.forget(node);
        answer.result(show(node, ""));
      }
      default -> throw refusal("nothing is called '" + action + "'");
    }
  }

  private NodeId find(String name) throws ControlRefusedException {
    Stream<NodeId> known =
        Stream.concat(
            neighborhood.snapshot().stream().map(neighbor -> neighbor.id().node()), book.nodes());
    String key = NeighborNames.key(name, known.map(NodeId::base64));
    if (key.equals(self.base64())) {
      throw refusal("that is this node's own key");
    }
    try {
      return NodeId.parse(key);
    } catch (MalformedBytesException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static TrustRule rule(String place, Standing standing) throws ControlRefusedException {
    try {
      return TrustRule.parse(place, standing);
    } catch (MalformedBytesException fault) {
      throw refusal(String.valueOf(fault.getMessage()));
    }
  }

  private void say(TrustRule rule, ControlHandler.Answer answer) throws ControlRefusedException {
    Optional<String> blocked = book.listing(rule.node(), Standing.BLOCKED);
    if (rule.standing() != Standing.BLOCKED && blocked.isPresent()) {
      throw new ControlRefusedException(
          ExitCode.FAILED, "blocked by " + blocked.get() + ": take it out there");
    }
    book.say(rule);
    String link = rule.link().isEmpty() ? "" : "%" + rule.link();
    apply(rule.node(), Optional.of(rule.standing().label() + link), answer);
  }

  private void takeBack(NodeId node, List<Standing> standings, ControlHandler.Answer answer)
      throws ControlRefusedException {
    if (book.said(node).filter(rule -> standings.contains(rule.standing())).isEmpty()) {
      Optional<String> elsewhere =
          standings.stream().flatMap(each -> book.listing(node, each).stream()).findFirst();
      throw new ControlRefusedException(
          ExitCode.FAILED,
          elsewhere
              .map(list -> standings.get(0).label() + " by " + list + ": take it out there")
              .orElse("not " + standings.get(0).label()));
    }
    book.takeBack(node);
    apply(node, Optional.empty(), answer);
  }

  /** At once; answers when it is kept. */
  private void apply(NodeId node, Optional<String> said, ControlHandler.Answer answer) {
    neighborhood.trust(book.policy());
    os.execute(
        () -> {
          try {
            memory.keep(node.base64(), said);
            loop.execute(() -> answer.result(show(node, "")));
          } catch (IOException refused) {
            answer.refuse(
                ExitCode.FAILED, "in effect until the daemon ends: " + refused.getMessage());
          }
        });
  }

  private JsonObject shown(NodeId node, String link) throws ControlRefusedException {
    JsonObject json = show(node, link);
    if (!link.isEmpty() && json.getAsJsonArray("links").isEmpty()) {
      throw new ControlRefusedException(ExitCode.FAILED, "that neighbour is not on '" + link + "'");
    }
    return json;
  }

  /** What we know of it on {@code link}, or everywhere when that is empty. */
  private JsonObject show(NodeId node, String link) {
    JsonObject json = new JsonObject();
    json.addProperty("publicKey", node.base64());
    Optional<TrustBook.Judgement> judgement = book.judgement(node);
    json.addProperty(
        "trust", judgement.map(each -> each.rule().standing().label()).orElse("unknown"));
    judgement.ifPresent(
        each -> {
          json.addProperty("by", each.by());
          if (!each.rule().link().isEmpty()) {
            json.addProperty("onlyOn", each.rule().link());
          }
        });
    neighborhood
        .highestSeqno(node)
        .ifPresent(seqno -> json.addProperty("highestSeqnum", Long.toUnsignedString(seqno)));
    JsonArray links = new JsonArray();
    for (JsonElement each : neighbors.get().getAsJsonArray("neighbors")) {
      JsonObject neighbor = each.getAsJsonObject();
      if (neighbor.get("publicKey").getAsString().equals(node.base64())
          && (link.isEmpty() || neighbor.get("interface").getAsString().equals(link))) {
        neighbor.remove("publicKey");
        links.add(neighbor);
      }
    }
    json.add("links", links);
    return json;
  }

  private static ControlRefusedException refusal(String line) {
    return new ControlRefusedException(ExitCode.USAGE, line);
  }
}
