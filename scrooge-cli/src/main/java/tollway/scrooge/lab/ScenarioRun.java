// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Carries out the steps of a scenario in a mesh that is built, and writes down what it sees. */
final class ScenarioRun implements Step.Visitor {
  private static final int PATHS = 24;
  private static final int AT_MOST = 4;
  private static final String ALL = "all";

  private final Scenario scenario;
  private final Mesh mesh;
  private final Layout layout;
  private final Checks checks;
  private final Stopwatch watch;
  private final Random random;
  private final int jobs;
  private final Agents agents;
  private final Mallory mallory;

  ScenarioRun(
      Scenario scenario, Mesh mesh, Stopwatch watch, DaemonProgram program, long seed, int jobs) {
    this.scenario = scenario;
    this.mesh = mesh;
    this.watch = watch;
    this.jobs = jobs;
    layout = mesh.layout();
    checks = new Checks(mesh);
    random = new Random(seed);
    agents = new Agents(mesh.directory(), program);
    mallory = new Mallory(mesh, watch, agents, random);
  }

  @Override
  public void visit(Step.Start step) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    start(step.nodes(), step.within());
    for (int node : step.nodes()) {
      weigh(node);
    }
    String what = "start of " + step.nodes().size() + " daemons";
    watch.write(ALL, what, begun, true, "");
  }

  /** What the scenario says that its neighbours are worth; kept by the daemon from now on. */
  private void weigh(int node) throws IOException {
    Optional<Scenario.Setting> setting = Optional.ofNullable(scenario.settings().get(node));
    if (setting.isPresent()) {
      for (Map.Entry<Integer, Integer> weight : setting.get().weights().entrySet()) {
        JsonObject arguments = new JsonObject();
        arguments.addProperty("key", mesh.node(weight.getKey()).key());
        arguments.addProperty("claim", weight.getValue().toString());
        mesh.node(node).ask("weight", arguments);
      }
    }
  }

  /** At most {@code jobs} virtual machines begin at a time: more would only hinder each other. */
  private void start(List<Integer> numbers, int within) throws IOException, InterruptedException {
    Deque<Integer> waiting = new ArrayDeque<>(numbers);
    List<MeshNode> beginning = new ArrayList<>();
    long deadline = System.nanoTime() + within * 1_000_000_000L;
    while (!waiting.isEmpty() || !beginning.isEmpty()) {
      while (beginning.size() < jobs && !waiting.isEmpty()) {
        MeshNode node = mesh.node(waiting.remove());
        node.start();
        beginning.add(node);
      }
      for (MeshNode node : List.copyOf(beginning)) {
        if (node.isReady()) {
          beginning.remove(node);
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(beginning.get(0).name() + " does not start within " + within + " s");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void visit(Step.Converge step) throws IOException, InterruptedException {
    for (MeshNode node : mesh.nodes()) {
      int neighbors = layout.topology().neighbors(node.number()).size();
      watch.await(
          node.name(),
          "tunnels with " + neighbors + (neighbors == 1 ? " neighbour" : " neighbours"),
          step.within(),
          () -> checks.tunnels(node));
    }
  }

  @Override
  public void visit(Step.Reach step) throws IOException, InterruptedException {
    int hops = layout.path(step.from(), step.to()).size() - 1;
    watch.await(
        "n" + step.from(),
        "reaches n" + step.to() + " by " + hops + (hops == 1 ? " tunnel" : " tunnels"),
        step.within(),
        () -> checks.reaches(step.from(), step.to()));
  }

  @Override
  public void visit(Step.Bypass step) throws IOException, InterruptedException {
    List<List<Integer>> paths = layout.throughOne();
    List<List<Integer>> some = paths.subList(0, Math.min(paths.size(), PATHS));
    String what = some.size() + " paths around the tunnels: " + (step.open() ? "open" : "dropped");
    if (step.open()) {
      watch.await(ALL, what, step.within(), () -> checks.around(some, true));
    } else {
      watch.look(ALL, what, () -> checks.around(some, false));
      if (!some.isEmpty()) {
        List<Integer> path = some.get(0);
        watch.look(
            "n" + path.get(1),
            "in by the cable, out by the tunnel: dropped",
            () -> new Detour(mesh, path).fault(checks));
      }
    }
  }

  @Override
  public void visit(Step.Restart step) throws IOException, InterruptedException {
    MeshNode node = mesh.node(step.node());
    node.kill();
    if (step.forgetful()) {
      node.forget();
    }
    stands(node);
    String how = step.forgetful() ? "without state" : "with state";
    long begun = System.nanoTime();
    start(List.of(step.node()), step.within());
    comesBack(node, "restarted " + how, begun, step.within());
  }

  /** While the daemon is dead. */
  private void stands(MeshNode node) throws IOException, InterruptedException {
    List<List<Integer>> paths =
        layout.throughOne().stream()
            .filter(path -> path.get(1) == node.number())
            .limit(AT_MOST)
            .toList();
    if (!paths.isEmpty()) {
      watch.look(node.name(), "killed: its policy stands", () -> checks.around(paths, false));
    }
  }

  private void comesBack(MeshNode node, String what, long begun, int within)
      throws IOException, InterruptedException {
    watch.write(node.name(), what + ": answers", begun, true, "");
    List<Integer> concerned = new ArrayList<>(layout.topology().neighbors(node.number()));
    concerned.add(node.number());
    watch.await(
        node.name(),
        what + ": tunnels on both sides",
        within,
        () -> {
          for (int each : concerned) {
            Optional<String> fault = checks.tunnels(mesh.node(each));
            if (fault.isPresent()) {
              return fault.map(why -> "n" + each + ": " + why);
            }
          }
          return Optional.empty();
        });
    int last = layout.topology().nodes();
    watch.await("n1", what + ": reaches n" + last, within, () -> checks.reaches(1, last));
  }

  @Override
  public void visit(Step.Kill step) throws IOException, InterruptedException {
    for (int round = 1; round <= step.rounds(); round++) {
      MeshNode victim = mesh.node(1 + random.nextInt(layout.topology().nodes()));
      victim.kill();
      stands(victim);
      long begun = System.nanoTime();
      start(List.of(victim.number()), step.within());
      comesBack(victim, "round " + round, begun, step.within());
    }
  }

  @Override
  public void visit(Step.Spoof step) throws IOException, InterruptedException {
    mallory.spoof(step);
  }

  @Override
  public void visit(Step.Replay step) throws IOException, InterruptedException {
    mallory.replay(step, checks);
  }

  @Override
  public void visit(Step.Flood step) throws IOException, InterruptedException {
    mallory.flood(step, checks);
  }

  @Override
  public void visit(Step.Split step) throws IOException, InterruptedException {
    new SplitMeter(scenario, mesh, watch, agents).measure(step);
  }

  @Override
  public void visit(Step.Stop step) throws IOException, InterruptedException {
    for (MeshNode node : mesh.nodes()) {
      if (node.isAlive()) {
        watch.look(
            node.name(),
            "stops and leaves nothing",
            () -> {
              node.ask("stop", new JsonObject());
              Optional<Integer> code = node.exitCode(step.within());
              if (code.isEmpty()) {
                return Optional.of("does not end within " + step.within() + " s");
              }
              return code.get() == 0
                  ? checks.nothingLeft(node)
                  : Optional.of("ended with exit code " + code.get());
            });
      }
    }
  }
}
