// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/** A {@link GraphView} as JSON on one line: what {@code /v1/graph} and {@code /v1/events} give. */
public final class GraphJson {
  private static final String ID = "[A-Za-z0-9_-]{1,64}";

  private GraphJson() {}

  public static String format(GraphView view) {
    return write(view, false);
  }

  /** The same with {@code "event":"graph"} in front, for a stream of several kinds of lines. */
  public static String formatEvent(GraphView view) {
    return write(view, true);
  }

  /** Reads what a server sent; refuses what could not be shown safely. */
  public static GraphView parse(String json) throws MalformedBytesException {
    JsonReader reader = new JsonReader(new StringReader(json));
    reader.setStrictness(Strictness.STRICT);
    try {
      GraphView view = graph(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedBytesException("something follows a graph");
      }
      return view;
    } catch (IOException | IllegalStateException | IllegalArgumentException notAGraph) {
      throw new MalformedBytesException("not a graph in JSON", notAGraph);
    }
  }

  private static String write(GraphView view, boolean event) {
    StringWriter text = new StringWriter();
    try (JsonWriter writer = new JsonWriter(text)) {
      writer.beginObject();
      if (event) {
        writer.name("event").value("graph");
      }
      writer.name("version").value(view.version());
      writer.name("nodes").beginArray();
      for (GraphView.Node node : view.nodes()) {
        write(writer, node);
      }
      writer.endArray();
      writer.name("links").beginArray();
      for (GraphView.Link link : view.links()) {
        write(writer, link);
      }
      writer.endArray();
      writer.endObject();
    } catch (IOException memoryDoesNotFail) {
      throw new IllegalStateException(memoryDoesNotFail);
    }
    return text.toString();
  }

  private static void write(JsonWriter writer, GraphView.Node node) throws IOException {
    writer.beginObject();
    writer.name("id").value(node.id());
    writer.name("role").value(word(node.role()));
    writer.name("tag").value(node.tag());
    if (node.key().isPresent()) {
      writer.name("key").value(node.key().get().base64());
    }
    writer.name("reporting").value(node.reporting());
    writer.endObject();
  }

  private static void write(JsonWriter writer, GraphView.Link link) throws IOException {
    writer.beginObject();
    writer.name("helper").value(link.helper());
    writer.name("helped").value(link.helped());
    writer.name("state").value(word(link.state()));
    writer.name("bytesPerSecond").value(link.bytesPerSecond());
    writer.name("confirmed").value(link.confirmed());
    writer.endObject();
  }

  private interface Element<T> {
    T read(JsonReader reader) throws IOException, MalformedBytesException;
  }

  // Element by element, not as a tree: what is not a part of the graph costs no memory.
  private static GraphView graph(JsonReader reader) throws IOException, MalformedBytesException {
    Long version = null;
    List<GraphView.Node> nodes = null;
    List<GraphView.Link> links = null;
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "version" -> version = reader.nextLong();
        case "nodes" -> nodes = array(reader, GraphView.MAX_NODES, GraphJson::node);
        case "links" -> links = array(reader, GraphView.MAX_LINKS, GraphJson::link);
        default -> reader.skipValue(); // A later version says more.
      }
    }
    reader.endObject();
    GraphView view =
        new GraphView(
            required(version, "version"), required(nodes, "nodes"), required(links, "links"));
    checkNames(view);
    return view;
  }

  private static void checkNames(GraphView view) throws MalformedBytesException {
    Set<String> ids = new HashSet<>();
    for (GraphView.Node node : view.nodes()) {
      if (!ids.add(node.id())) {
        throw new MalformedBytesException("a graph that names a node twice");
      }
    }
    Set<String> pairs = new HashSet<>();
    for (GraphView.Link link : view.links()) {
      if (!ids.contains(link.helper()) || !ids.contains(link.helped())) {
        throw new MalformedBytesException("a graph with a link to nowhere");
      }
      if (!pairs.add(link.helper() + " " + link.helped())) {
        throw new MalformedBytesException("a graph that names a link twice");
      }
    }
  }

  private static GraphView.Node node(JsonReader reader)
      throws IOException, MalformedBytesException {
    String id = null;
    Role role = null;
    String tag = null;
    Optional<NodeId> key = Optional.empty();
    Boolean reporting = null;
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "id" -> id = id(reader);
        case "role" -> role = constant(Role.class, reader);
        case "tag" -> tag = tag(reader);
        case "key" -> key = Optional.of(NodeId.parse(reader.nextString()));
        case "reporting" -> reporting = reader.nextBoolean();
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    return new GraphView.Node(
        required(id, "id"),
        required(role, "role"),
        required(tag, "tag"),
        key,
        required(reporting, "reporting"));
  }

  private static GraphView.Link link(JsonReader reader)
      throws IOException, MalformedBytesException {
    String helper = null;
    String helped = null;
    Edge.State state = null;
    Long rate = null;
    Boolean confirmed = null;
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "helper" -> helper = id(reader);
        case "helped" -> helped = id(reader);
        case "state" -> state = constant(Edge.State.class, reader);
        case "bytesPerSecond" -> rate = rate(reader);
        case "confirmed" -> confirmed = reader.nextBoolean();
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    return new GraphView.Link(
        required(helper, "helper"),
        required(helped, "helped"),
        required(state, "state"),
        required(rate, "bytesPerSecond"),
        required(confirmed, "confirmed"));
  }

  private static String id(JsonReader reader) throws IOException, MalformedBytesException {
    String id = reader.nextString();
    if (!id.matches(ID)) {
      throw new MalformedBytesException("a graph with an unfit id");
    }
    return id;
  }

  private static String tag(JsonReader reader) throws IOException, MalformedBytesException {
    String tag = reader.nextString();
    if (!NodeReport.isTag(tag)) {
      throw new MalformedBytesException("a graph with an unfit tag");
    }
    return tag;
  }

  private static long rate(JsonReader reader) throws IOException, MalformedBytesException {
    long rate = reader.nextLong();
    if (rate < 0 || rate > Edge.MAX_RATE) {
      throw new MalformedBytesException("a graph with a rate of " + rate);
    }
    return rate;
  }

  private static <T> List<T> array(JsonReader reader, int most, Element<T> element)
      throws IOException, MalformedBytesException {
    List<T> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      if (list.size() == most) {
        throw new MalformedBytesException("a graph with more than " + most + " parts of a kind");
      }
      list.add(element.read(reader));
    }
    reader.endArray();
    return list;
  }

  private static <T> T required(@Nullable T value, String name) throws MalformedBytesException {
    if (value == null) {
      throw new MalformedBytesException("a graph without " + name);
    }
    return value;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonReader reader)
      throws IOException {
    return Enum.valueOf(type, reader.nextString().toUpperCase(Locale.ROOT));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
