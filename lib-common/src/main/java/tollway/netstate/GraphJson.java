// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/** A {@link GraphView} as JSON on one line: what {@code /v1/graph} and {@code /v1/events} give. */
public final class GraphJson {
  private static final String ID = "[A-Za-z0-9_-]{1,64}";

  private GraphJson() {}

  public static String format(GraphView view) {
    JsonArray nodes = new JsonArray();
    for (GraphView.Node node : view.nodes()) {
      JsonObject one = new JsonObject();
      one.addProperty("id", node.id());
      one.addProperty("role", word(node.role()));
      one.addProperty("tag", node.tag());
      node.key().ifPresent(key -> one.addProperty("key", key.base64()));
      one.addProperty("reporting", node.reporting());
      nodes.add(one);
    }
    JsonArray links = new JsonArray();
    for (GraphView.Link link : view.links()) {
      JsonObject one = new JsonObject();
      one.addProperty("helper", link.helper());
      one.addProperty("helped", link.helped());
      one.addProperty("state", word(link.state()));
      one.addProperty("bytesPerSecond", link.bytesPerSecond());
      one.addProperty("confirmed", link.confirmed());
      links.add(one);
    }
    JsonObject graph = new JsonObject();
    graph.addProperty("version", view.version());
    graph.add("nodes", nodes);
    graph.add("links", links);
    return graph.toString();
  }

  /** Reads what a server sent; refuses what could not be shown safely. */
  public static GraphView parse(String json) throws MalformedBytesException {
    try {
      JsonObject graph = JsonParser.parseString(json).getAsJsonObject();
      List<GraphView.Node> nodes = new ArrayList<>();
      Set<String> ids = new HashSet<>();
      for (JsonElement element : array(graph, "nodes", GraphView.MAX_NODES)) {
        GraphView.Node node = node(element.getAsJsonObject());
        if (!ids.add(node.id())) {
          throw new MalformedBytesException("a graph that names a node twice");
        }
        nodes.add(node);
      }
      List<GraphView.Link> links = new ArrayList<>();
      for (JsonElement element : array(graph, "links", GraphView.MAX_LINKS)) {
        GraphView.Link link = link(element.getAsJsonObject());
        if (!ids.contains(link.helper()) || !ids.contains(link.helped())) {
          throw new MalformedBytesException("a graph with a link to nowhere");
        }
        links.add(link);
      }
      return new GraphView(required(graph, "version").getAsLong(), nodes, links);
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException notAGraph) {
      throw new MalformedBytesException("not a graph in JSON", notAGraph);
    }
  }

  private static GraphView.Node node(JsonObject object) throws MalformedBytesException {
    String tag = required(object, "tag").getAsString();
    if (!NodeReport.isTag(tag)) {
      throw new MalformedBytesException("a graph with an unfit tag");
    }
    Optional<NodeId> key =
        object.has("key")
            ? Optional.of(NodeId.parse(required(object, "key").getAsString()))
            : Optional.empty();
    return new GraphView.Node(
        id(object, "id"),
        constant(Role.class, object, "role"),
        tag,
        key,
        required(object, "reporting").getAsBoolean());
  }

  private static GraphView.Link link(JsonObject object) throws MalformedBytesException {
    long rate = required(object, "bytesPerSecond").getAsLong();
    if (rate < 0 || rate > Edge.MAX_RATE) {
      throw new MalformedBytesException("a graph with a rate of " + rate);
    }
    return new GraphView.Link(
        id(object, "helper"),
        id(object, "helped"),
        constant(Edge.State.class, object, "state"),
        rate,
        required(object, "confirmed").getAsBoolean());
  }

  private static String id(JsonObject object, String name) throws MalformedBytesException {
    String id = required(object, name).getAsString();
    if (!id.matches(ID)) {
      throw new MalformedBytesException("a graph with an unfit id");
    }
    return id;
  }

  private static JsonArray array(JsonObject object, String name, int most)
      throws MalformedBytesException {
    JsonArray array = required(object, name).getAsJsonArray();
    if (array.size() > most) {
      throw new MalformedBytesException("a graph with " + array.size() + " " + name);
    }
    return array;
  }

  private static JsonElement required(JsonObject object, String name)
      throws MalformedBytesException {
    JsonElement value = object.get(name);
    if (value == null) {
      throw new MalformedBytesException("a graph without " + name);
    }
    return value;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonObject object, String name)
      throws MalformedBytesException {
    return Enum.valueOf(type, required(object, name).getAsString().toUpperCase(Locale.ROOT));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
