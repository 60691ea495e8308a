// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Who means harm: as a stranger on a link, and as a neighbour with a tunnel. */
final class Mallory {
  private static final int PORT = 9099;
  private static final String NOBODY = "10.77.99.99";
  private static final long MEMORY = 32L << 20;

  private final Mesh mesh;
  private final Stopwatch watch;
  private final Agents agents;
  private final Random random;

  Mallory(Mesh mesh, Stopwatch watch, Agents agents, Random random) {
    this.mesh = mesh;
    this.watch = watch;
    this.agents = agents;
    this.random = random;
  }

  /** A node that sends as somebody else: by its tunnel, and in its messages. */
  void spoof(Step.Spoof step) throws IOException, InterruptedException {
    List<List<Integer>> paths = mesh.layout().throughOne();
    if (paths.isEmpty()) {
      throw new IOException("no two nodes need a third: nobody to be fooled");
    }
    List<Integer> path = paths.get(paths.size() - 1);
    MeshNode from = mesh.node(path.get(0));
    MeshNode through = mesh.node(path.get(1));
    int to = path.get(2);
    String own = Layout.meshFour(path.get(0));
    String what = "what n" + path.get(0) + " sends to n" + to;
    watch.await(
        through.name(),
        what + " as itself arrives",
        step.within(),
        () -> arrives(from, to, own) ? Optional.empty() : Optional.of("nothing arrived"));
    List<String> lies = new ArrayList<>(List.of(NOBODY));
    for (int other : mesh.layout().nodes()) {
      boolean elsewhere = other != path.get(1) && other != to && other != path.get(0);
      if (elsewhere && mesh.layout().nextHop(path.get(1), other) == other && lies.size() < 2) {
        lies.add(Layout.meshFour(other));
      }
    }
    for (String lie : lies) {
      watch.look(
          through.name(),
          what + " as " + lie + " is dropped",
          () -> arrives(from, to, lie) ? Optional.of("it arrived") : Optional.empty());
    }
    forge(from, through);
  }

  private void forge(MeshNode from, MeshNode victim) throws IOException, InterruptedException {
    Layout layout = mesh.layout();
    int link = layout.shared(from.number(), victim.number());
    int other =
        layout.topology().neighbors(victim.number()).stream()
            .filter(each -> each != from.number())
            .findFirst()
            .orElseThrow();
    Set<String> before = victim.acquaintances();
    List<String> counts = List.of("FORGED", "OVER_BUDGET");
    long drops = victim.drops(counts);
    JsonObject sent =
        agents.run(
            from.space(),
            10,
            "forge",
            layout.port(from.number(), link).device(),
            mesh.node(other).key(),
            "5");
    watch.await(
        victim.name(),
        sent.get("sent").getAsLong() + " messages forged in n" + other + "'s name change nothing",
        5,
        () -> {
          if (!victim.acquaintances().equals(before)) {
            return Optional.of("it knows other neighbours than before");
          }
          return victim.drops(counts) > drops
              ? Optional.empty()
              : Optional.of("it counts no forged message");
        });
  }

  /** Whether the target sees datagrams of that source. */
  private boolean arrives(MeshNode from, int to, String source)
      throws IOException, InterruptedException {
    String address = source + "/32";
    boolean own = source.equals(Layout.meshFour(from.number()));
    if (!own) {
      from.space().run("ip", "address", "add", address, "dev", "lo");
    }
    try (Agents.Running receiver =
        agents.begin(mesh.node(to).space(), "receive", "" + PORT, "3", "0")) {
      receiver.awaitReady();
      agents.run(
          from.space(),
          10,
          "send",
          source,
          Layout.meshFour(to),
          String.valueOf(PORT),
          "200",
          "1",
          "0");
      return receiver.result(20).getAsJsonObject("bySource").has(source);
    } finally {
      if (!own) {
        from.space().run("ip", "address", "delete", address, "dev", "lo");
      }
    }
  }

  /** What was said once is said again. */
  void replay(Step.Replay step, Checks checks) throws IOException, InterruptedException {
    Space mallory = mesh.mallory().orElseThrow();
    String file = mesh.directory().resolve("recorded-" + System.nanoTime()).toString();
    String seconds = String.valueOf(step.seconds());
    long recorded =
        agents
            .run(mallory, step.seconds() + 20, "record", "eth0", seconds, file)
            .get("recorded")
            .getAsLong();
    watch.look(
        "mallory",
        "records " + recorded + " messages in " + seconds + " s",
        () -> recorded > 0 ? Optional.empty() : Optional.of("nobody said anything"));
    if (recorded == 0) {
      return;
    }
    List<MeshNode> near = near();
    Map<MeshNode, Set<String>> before = new TreeMap<>(BY_NUMBER);
    Map<MeshNode, Long> drops = new TreeMap<>(BY_NUMBER);
    List<String> counts = List.of("STALE", "OWN", "OVER_BUDGET");
    for (MeshNode node : near) {
      before.put(node, node.acquaintances());
      drops.put(node, node.drops(counts));
    }
    agents.run(mallory, 120, "replay", "eth0", file, String.valueOf(step.times()));
    for (MeshNode node : near) {
      watch.await(
          node.name(),
          "messages replayed " + step.times() + " times change nothing",
          5,
          () -> {
            if (!node.acquaintances().equals(before.get(node))) {
              return Optional.of("it knows other neighbours than before");
            }
            return node.drops(counts) > drops.getOrDefault(node, 0L)
                ? checks.tunnels(node)
                : Optional.of("it counts no repetition");
          });
    }
  }

  private static final java.util.Comparator<MeshNode> BY_NUMBER =
      java.util.Comparator.comparingInt(MeshNode::number);

  /** The nodes on her link. */
  private List<MeshNode> near() {
    int link = mesh.layout().topology().mallory().orElseThrow();
    return mesh.layout().topology().links().get(link - 1).stream().map(mesh::node).toList();
  }

  /** Rubbish, as fast as she may, while two good neighbours ping each other. */
  void flood(Step.Flood step, Checks checks) throws IOException, InterruptedException {
    List<MeshNode> near = near();
    MeshNode first = near.get(0);
    MeshNode second = near.get(1);
    Map<MeshNode, Long> memory = new TreeMap<>(BY_NUMBER);
    for (MeshNode node : near) {
      memory.put(node, node.residentBytes());
    }
    List<String> pings =
        List.of(
            "ping",
            "-n",
            "-q",
            "-i",
            "0.2",
            "-w",
            String.valueOf(step.seconds()),
            "-W",
            "1",
            Layout.meshFour(second.number()));
    Path heard = mesh.directory().resolve("pings");
    Files.deleteIfExists(heard);
    Process pinging = first.space().start(pings, heard, heard);
    long begun = System.nanoTime();
    long sent;
    try {
      sent =
          agents
              .run(
                  mesh.mallory().orElseThrow(),
                  step.seconds() + 30,
                  "noise",
                  "eth0",
                  String.valueOf(step.rate()),
                  String.valueOf(step.seconds()),
                  String.valueOf(random.nextInt(1_000_000)))
              .get("sent")
              .getAsLong();
      pinging.waitFor(20, TimeUnit.SECONDS);
    } finally {
      pinging.destroyForcibly();
    }
    String loss = Files.readString(heard).replaceAll("(?s).*, ([0-9.]+)% packet loss.*", "$1");
    boolean few = loss.matches("[0-9.]+") && Double.parseDouble(loss) <= 5;
    watch.write(
        first.name(),
        sent + " datagrams of rubbish: pings of n" + second.number() + " go on",
        begun,
        few,
        few ? "" : loss.strip() + " % lost");
    for (MeshNode node : near) {
      watch.look(node.name(), "answers and has its tunnels", () -> checks.tunnels(node));
      long grown = node.residentBytes() - memory.getOrDefault(node, 0L);
      watch.look(
          node.name(),
          "its memory grew by " + Math.max(0, grown >> 20) + " MiB",
          () -> grown < MEMORY ? Optional.empty() : Optional.of("more than 32 MiB"));
    }
  }
}
