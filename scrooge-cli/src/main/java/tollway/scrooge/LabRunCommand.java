// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.console.Table;
import tollway.exec.Host;
import tollway.loop.BackgroundThread;
import tollway.loop.StopSignal;
import tollway.scrooge.lab.DaemonProgram;
import tollway.scrooge.lab.Lab;
import tollway.scrooge.lab.LabHost;
import tollway.scrooge.lab.Report;
import tollway.scrooge.lab.Scenario;
import tollway.scrooge.lab.Scenarios;

/** {@code scrooge lab run}. */
@Command(
    name = "run",
    description = "Run scenarios with real daemons; exit code 0 when all went well.",
    footer = {
      "",
      "Each scenario gets namespaces of its own, which are removed at the end, also",
      "after Ctrl-C. Needs root, ip, ping, nft and WireGuard. Two labs may run at",
      "the same time. 'scrooge lab clean' removes what a killed lab left."
    })
final class LabRunCommand extends Subcommand {
  @Parameters(
      paramLabel = "NAME|FILE",
      arity = "0..*",
      description = "Scenarios: their names, or their files.")
  private List<String> wanted = new ArrayList<>();

  @Option(names = "--all", description = "All scenarios that come with scrooge.")
  private boolean all;

  @Option(names = "--keep", description = "Leave the mesh running and say how to enter it.")
  private boolean keep;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What is random is drawn from it (default: a new one, which is told).")
  private @Nullable Integer seed;

  @Option(names = "--nodes", paramLabel = "N", description = "With so many nodes.")
  private @Nullable Integer nodes;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Daemons that start at a time (default: one for each core).")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call()
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    List<Scenario> scenarios = scenarios();
    LabHost.require(Host.real(), scenarios);
    StopSignal stop = new StopSignal().installed();
    List<Lab> labs = new ArrayList<>();
    AtomicReference<Outcome> outcome = new AtomicReference<>(Outcome.UNFINISHED);
    Thread work =
        BackgroundThread.start(
            "lab",
            () -> {
              try {
                outcome.set(runAll(scenarios, labs));
              } finally {
                stop.request();
              }
            });
    stop.await();
    work.interrupt();
    work.join();
    boolean finished = outcome.get() != Outcome.UNFINISHED;
    int code = outcome.get() == Outcome.PASSED ? ExitCode.DONE : ExitCode.FAILED;
    try {
      if (!finished) {
        io().err().println("scrooge: interrupted; removing the lab");
      }
      for (Lab lab : labs) {
        if (!keep || !finished) {
          lab.remove();
        }
      }
    } finally {
      stop.stopped(code);
    }
    return code;
  }

  private enum Outcome {
    UNFINISHED,
    PASSED,
    FAILED
  }

  private List<Scenario> scenarios() throws IOException, MalformedBytesException {
    List<String> names = all ? Scenarios.NAMES : wanted;
    if (names.isEmpty() || (all && !wanted.isEmpty())) {
      throw new UserErrorException("name scenarios, or --all: 'scrooge lab list' names them");
    }
    if (jobs < 1) {
      throw new UserErrorException("--jobs: " + jobs + " is not a number above 0");
    }
    OptionalInt size = nodes == null ? OptionalInt.empty() : OptionalInt.of(nodes);
    List<Scenario> scenarios = new ArrayList<>();
    for (String name : names) {
      scenarios.add(Scenarios.find(name, size));
    }
    return scenarios;
  }

  private Outcome runAll(List<Scenario> scenarios, List<Lab> labs)
      throws IOException, InterruptedException {
    DaemonProgram program = DaemonProgram.ofThisProcess(ScroogeMain.class.getName());
    int drawn = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
    JsonArray reports = new JsonArray();
    boolean passed = true;
    for (Scenario scenario : scenarios) {
      io().err().printf("scrooge: %s (seed %d): %s%n", scenario.name(), drawn, scenario.about());
      Lab lab = new Lab(scenario, new LabProgress(scenario.name(), io().err()));
      labs.add(lab);
      lab.run(program, drawn, jobs);
      Report report = lab.report();
      passed &= report.passed();
      if (json) {
        reports.add(json(scenario, drawn, report));
      } else {
        print(scenario, report);
      }
      if (keep) {
        lab.doors().forEach(line -> io().err().println("  " + line));
      } else {
        lab.remove();
      }
    }
    if (json) {
      JsonObject answer = new JsonObject();
      answer.addProperty("passed", passed);
      answer.add("scenarios", reports);
      io().out().println(answer);
    }
    return passed ? Outcome.PASSED : Outcome.FAILED;
  }

  private static JsonObject json(Scenario scenario, int seed, Report report) {
    JsonObject one = new JsonObject();
    one.addProperty("scenario", scenario.name());
    one.addProperty("nodes", scenario.topology().nodes());
    one.addProperty("seed", seed);
    one.addProperty("passed", report.passed());
    one.add("rows", report.json());
    return one;
  }

  private void print(Scenario scenario, Report report) {
    JsonArray rows = new JsonArray();
    for (Report.Row row : report.rows()) {
      JsonObject line = new JsonObject();
      line.addProperty("scenario", scenario.name());
      line.addProperty("node", row.node());
      line.addProperty("check", row.check());
      line.addProperty("result", row.result());
      line.addProperty("seconds", row.time());
      line.addProperty("detail", row.detail());
      rows.add(line);
    }
    new Table(
            List.of("SCENARIO", "NODE", "CHECK", "RESULT", "SECONDS", ""),
            List.of("scenario", "node", "check", "result", "seconds", "detail"))
        .fill(rows)
        .print(io().out());
    io().out().println();
  }
}
