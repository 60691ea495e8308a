// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tollway.bytes.MalformedBytesException;
import tollway.scrooge.lab.Scenario.Setting;

/** The text of a scenario file, checked field by field; a fault names the file and the field. */
public final class ScenarioReader {
  /** More than any scenario needs, in characters. */
  public static final int SIZE_LIMIT = 64 << 10;

  private static final int SECONDS = 600;
  private static final int STEPS = 64;
  private static final List<String> SHAPES =
      List.of("line", "ring", "star", "grid", "hub", "links");

  private final OptionalInt wantedNodes;

  private ScenarioReader(OptionalInt wantedNodes) {
    this.wantedNodes = wantedNodes;
  }

  /** {@code nodes} overrides how many nodes the shape has. */
  public static Scenario read(String file, String text, OptionalInt nodes)
      throws MalformedBytesException {
    try {
      return new ScenarioReader(nodes).scenario(new JsonFields(StrictJson.parse(text), ""));
    } catch (MalformedBytesException fault) {
      throw new MalformedBytesException(file + ": " + fault.getMessage(), fault);
    }
  }

  private Scenario scenario(JsonFields fields) throws MalformedBytesException {
    String name = fields.text("name", 32);
    if (!name.matches("[a-z0-9-]+")) {
      throw fields.faultAt("name", "is not made of a-z, 0-9 and -");
    }
    String about = fields.text("about", 200);
    Topology topology = topology(fields.object("topology"));
    Map<Integer, Setting> settings = settings(fields, topology);
    int limit = fields.number("limit", 1, 3600);
    List<Step> steps = new ArrayList<>();
    List<JsonElement> written = fields.list("steps", 1, STEPS);
    for (int i = 0; i < written.size(); i++) {
      steps.add(step(new JsonFields(written.get(i), "steps[" + i + "]"), topology));
    }
    fields.done();
    return new Scenario(name, about, topology, settings, limit, steps);
  }

  private Topology topology(JsonFields fields) throws MalformedBytesException {
    String shape = fields.choice("shape", "", SHAPES);
    if (shape.isEmpty()) {
      throw fields.faultAt("shape", "is missing");
    }
    int least = shape.equals("ring") ? 3 : 2;
    int nodes = fields.number("nodes", least, Topology.NODES);
    if (wantedNodes.isPresent()) {
      nodes = wantedNodes.getAsInt();
      if (nodes < least || nodes > Topology.NODES || shape.equals("links")) {
        throw fields.faultAt("nodes", "cannot be " + nodes + " with this shape");
      }
    }
    List<List<Integer>> links =
        switch (shape) {
          case "line" -> Topology.line(nodes);
          case "ring" -> Topology.ring(nodes);
          case "star" -> Topology.star(nodes);
          case "grid" -> Topology.grid(nodes, fields.number("columns", 2, Topology.NODES));
          case "hub" -> Topology.hub(nodes);
          default -> links(fields, nodes);
        };
    if (links.size() > Topology.LINKS) {
      throw fields.faultAt("nodes", "makes more than " + Topology.LINKS + " links");
    }
    Optional<Integer> mallory =
        fields.has("mallory")
            ? Optional.of(fields.number("mallory", 1, links.size()))
            : Optional.empty();
    fields.done();
    Topology topology = new Topology(shape, nodes, links, mallory);
    if (!topology.isConnected()) {
      throw fields.faultAt("links", "leave a node alone");
    }
    return topology;
  }

  private static List<List<Integer>> links(JsonFields fields, int nodes)
      throws MalformedBytesException {
    List<List<Integer>> links = new ArrayList<>();
    for (JsonElement link : fields.list("links", 1, Topology.LINKS)) {
      String path = fields.path("links") + "[" + links.size() + "]";
      links.add(JsonFields.numbers(link, path, 2, nodes, 1, nodes));
    }
    return links;
  }

  private static Map<Integer, Setting> settings(JsonFields fields, Topology topology)
      throws MalformedBytesException {
    Map<Integer, Setting> settings = new LinkedHashMap<>();
    if (fields.has("nodes")) {
      JsonFields byNode = fields.object("nodes");
      for (String node : byNode.names()) {
        JsonFields setting = byNode.object(node);
        settings.put(node(byNode, node, topology), setting(setting, topology));
      }
    }
    return settings;
  }

  private static Setting setting(JsonFields fields, Topology topology)
      throws MalformedBytesException {
    Optional<Integer> share =
        fields.has("share") ? Optional.of(fields.number("share", 1, 1000)) : Optional.empty();
    Map<Integer, Integer> weights = new LinkedHashMap<>();
    if (fields.has("weights")) {
      JsonFields byNeighbor = fields.object("weights");
      for (String neighbor : byNeighbor.names()) {
        weights.put(node(byNeighbor, neighbor, topology), byNeighbor.number(neighbor, 1, 1000));
      }
    }
    fields.done();
    return new Setting(share, weights);
  }

  private static int node(JsonFields fields, String name, Topology topology)
      throws MalformedBytesException {
    if (!name.matches("[1-9][0-9]?") || Integer.parseInt(name) > topology.nodes()) {
      throw fields.faultAt(name, "is no node from 1 to " + topology.nodes());
    }
    return Integer.parseInt(name);
  }

  private static Step step(JsonFields fields, Topology topology) throws MalformedBytesException {
    String kind = fields.text("step", 32);
    int last = topology.nodes();
    Step step =
        switch (kind) {
          case "start" -> new Step.Start(nodes(fields, last), within(fields, 120));
          case "converge" -> new Step.Converge(within(fields, 60));
          case "reach" ->
              new Step.Reach(
                  fields.number("from", 1, 1, last),
                  fields.number("to", last, 1, last),
                  within(fields, 30));
          case "bypass" ->
              new Step.Bypass(
                  fields
                      .choice("expect", "dropped", List.of("dropped", "forwarded"))
                      .equals("forwarded"),
                  within(fields, 30));
          case "restart" ->
              new Step.Restart(
                  fields.number("node", 1, last),
                  fields.choice("state", "kept", List.of("kept", "lost")).equals("lost"),
                  within(fields, 60));
          case "kill" -> new Step.Kill(fields.number("rounds", 1, 1, 100), within(fields, 60));
          case "spoof" -> new Step.Spoof(within(fields, 30));
          case "replay" ->
              new Step.Replay(
                  fields.number("seconds", 6, 1, 60), fields.number("times", 3, 1, 1000));
          case "flood" ->
              new Step.Flood(
                  fields.number("rate", 2000, 1, 20_000), fields.number("seconds", 5, 1, 60));
          case "split" -> split(fields, last);
          case "stop" -> new Step.Stop(within(fields, 30));
          default ->
              throw fields.faultAt(
                  "step",
                  "is not one of start, converge, reach, bypass, restart, kill, spoof, replay,"
                      + " flood, split, stop");
        };
    fields.done();
    boolean needsMallory = step instanceof Step.Replay || step instanceof Step.Flood;
    if (needsMallory && topology.mallory().isEmpty()) {
      throw fields.faultAt("step", "needs topology.mallory, who does it");
    }
    return step;
  }

  private static Step.Split split(JsonFields fields, int last) throws MalformedBytesException {
    int through = fields.number("through", 1, last);
    List<Integer> from = fields.numbers("from", 1, 8, 1, last);
    int to = fields.number("to", 1, last);
    if (through == to || from.contains(to) || from.contains(through)) {
      throw fields.faultAt("from", "names a node that has another part in it");
    }
    return new Step.Split(
        through,
        from,
        to,
        fields.number("seconds", 6, 2, 60),
        fields.number("tolerance", 10, 1, 100));
  }

  private static List<Integer> nodes(JsonFields fields, int last) throws MalformedBytesException {
    return fields.has("nodes")
        ? fields.numbers("nodes", 1, last, 1, last)
        : IntStream.rangeClosed(1, last).boxed().toList();
  }

  private static int within(JsonFields fields, int standard) throws MalformedBytesException {
    return fields.number("within", standard, 1, SECONDS);
  }
}
