// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;

/** {@code scrooge firewall check}. */
@Command(
    name = "check",
    description = "Check that the policy in the kernel is what it should be.",
    footer = {
      "",
      "Each deviation is a line; exit code 1 when there is one, 0 when there is none.",
      "Compares with what the daemon wants; without a daemon, as after a crash, the",
      "tunnels in the set are taken for right and all else must fit them. A daemon",
      "puts deviations right within 5 s by itself. Needs root."
    })
final class FirewallCheckCommand extends Subcommand {
  @Mixin private ControlOptions daemon = new ControlOptions();

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Optional<JsonObject> answer = daemon.askIfThere("firewall");
    List<String> deviations =
        KernelPolicy.use(
            firewall ->
                answer.isPresent()
                    ? firewall.standing(answer.get().get("wanted").getAsString()).deviations()
                    : firewall.standing().deviations());
    if (daemon.json()) {
      JsonObject result = new JsonObject();
      result.addProperty("right", deviations.isEmpty());
      result.addProperty("daemon", answer.isPresent());
      JsonArray lines = new JsonArray();
      deviations.forEach(lines::add);
      result.add("deviations", lines);
      io().out().println(result);
    } else if (deviations.isEmpty()) {
      io().out().println("the policy stands as it should");
    } else {
      deviations.forEach(io().out()::println);
    }
    return deviations.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
