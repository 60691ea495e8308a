// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tollway.lab.Netns;
import tollway.scrooge.MeshLab.Node;

/**
 * Nodes on one switch, each a daemon in a namespace of its own. They trust nobody, so that they
 * find each other and make no tunnels.
 */
final class HubLab implements AutoCloseable {
  final List<Node> nodes = new ArrayList<>();
  private final Netns hub;
  private final Path directory;

  HubLab(Path directory, int size) throws IOException {
    this.directory = directory;
    hub = Netns.create();
    try {
      hub.run("ip", "link", "add", "hub", "type", "bridge", "mcast_snooping", "0");
      hub.run("ip", "link", "set", "hub", "up");
      for (int i = 1; i <= size; i++) {
        add();
      }
    } catch (IOException half) {
      close();
      throw half;
    }
  }

  /** One more, on the interface {@code eth}; not started. */
  Node add() throws IOException {
    int number = nodes.size() + 1;
    Node node = new Node(directory.resolve("node" + number), number);
    nodes.add(node);
    node.netns.cable("eth", hub, "port" + number);
    hub.run("ip", "link", "set", "port" + number, "master", "hub");
    node.netns.attempt(
        """
        table inet count {
          chain in {
            type filter hook input priority 0;
            ip6 daddr ff02::1 udp dport 8481 counter comment "all"
            ip6 daddr fe80::/10 udp dport 8481 counter comment "one"
          }
        }
        """,
        "nft",
        "-f",
        "-");
    return node.with("--trust", "pinned");
  }

  /** How many other nodes it knows to hear it. */
  static int confirmed(Node node) {
    int count = 0;
    for (JsonElement each :
        JsonParser.parseString(node.ask("neighbors").out())
            .getAsJsonObject()
            .getAsJsonArray("neighbors")) {
      if (!each.getAsJsonObject().get("state").getAsString().equals("SEEN")) {
        count++;
      }
    }
    return count;
  }

  /** Whether everybody knows that everybody else hears it. */
  boolean isComplete() {
    return nodes.stream().allMatch(node -> confirmed(node) >= nodes.size() - 1);
  }

  /** Datagrams that came in to all of them so far: to all nodes, and to one alone. */
  record Heard(long toAll, long toOne) {
    Heard minus(Heard earlier) {
      return new Heard(toAll - earlier.toAll, toOne - earlier.toOne);
    }
  }

  Heard heard() throws IOException {
    long toAll = 0;
    long toOne = 0;
    Pattern line = Pattern.compile("packets (\\d+) bytes \\d+ comment \"(all|one)\"");
    for (Node node : nodes) {
      String listed = node.netns.run("nft", "list", "table", "inet", "count");
      for (MatchResult each : line.matcher(listed).results().toList()) {
        long packets = Long.parseLong(each.group(1));
        if (each.group(2).equals("all")) {
          toAll += packets;
        } else {
          toOne += packets;
        }
      }
    }
    return new Heard(toAll, toOne);
  }

  @Override
  public void close() throws IOException {
    for (Node node : nodes) {
      node.close();
    }
    hub.close();
  }
}
