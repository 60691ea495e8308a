// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tollway.exec.Host;

/** One scenario in one mesh of its own. Blocks; an interrupt ends it. */
public final class Lab {
  private static final int LOG_LINES = 8;

  private final Scenario scenario;
  private final String name = LabNames.fresh();
  private final Host host = Host.real();
  private final Progress progress;
  private final Report report = new Report();

  public Lab(Scenario scenario, Progress progress) {
    this.scenario = scenario;
    this.progress = progress;
  }

  public Report report() {
    return report;
  }

  /** Builds the mesh and takes the steps up to the first that fails. */
  public void run(DaemonProgram program, long seed, int jobs)
      throws IOException, InterruptedException {
    Path directory = LabNames.createDirectory(name);
    Layout layout = new Layout(scenario.topology());
    Mesh mesh = new Mesh(host, name, layout, directory);
    Stopwatch watch = new Stopwatch(report, progress, scenario.limit());
    long begun = System.nanoTime();
    try {
      mesh.build(scenario, program);
      watch.write(
          "all",
          scenario.topology().shape() + " of " + layout.nodes().size() + " nodes is built",
          begun,
          true,
          "");
      ScenarioRun run = new ScenarioRun(scenario, mesh, watch, program, seed, jobs);
      List<Step> steps = scenario.steps();
      for (int i = 0; i < steps.size() && report.passed(); i++) {
        progress.step(i + 1, steps.size(), word(steps.get(i)));
        if (watch.isOver()) {
          watch.write(
              "all",
              word(steps.get(i)),
              begun,
              false,
              "no time left: limit is " + scenario.limit() + " s");
        } else {
          steps.get(i).accept(run);
        }
      }
    } catch (IOException failed) {
      if (Thread.currentThread().isInterrupted()) {
        throw failed;
      }
      watch.write("all", "goes on", begun, false, String.valueOf(failed.getMessage()));
    }
    if (!report.passed()) {
      tell(mesh);
    }
  }

  private static String word(Step step) {
    return step.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** The daemons' last words. */
  private void tell(Mesh mesh) throws IOException {
    for (MeshNode node : mesh.nodes()) {
      List<String> log = node.log();
      for (String line : log.subList(Math.max(0, log.size() - LOG_LINES), log.size())) {
        progress.note(node.name() + ": " + line);
      }
    }
  }

  /** How to get into it, for {@code --keep}. */
  public List<String> doors() {
    Path control = LabNames.directory(name).resolve("n1/control");
    return List.of(
        "ip netns exec " + name + "-n1 bash",
        Files.exists(control)
            ? "scrooge status --control " + control
            : "(this scenario ends by stopping its daemons)",
        "scrooge lab clean");
  }

  /** Removes everything, however far it had got. */
  public void remove() throws IOException {
    new LabNames(host).remove(name);
  }
}
