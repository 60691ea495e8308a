// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.scrooge.lab.Agent;

/** {@code scrooge lab agent}: what labs start inside their namespaces. */
@Command(
    name = "agent",
    hidden = true,
    description = "Sends, counts, records or floods; labs start it inside.")
final class LabAgentCommand extends Subcommand {
  @Parameters(paramLabel = "WORD", description = "A verb and what it needs.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    Agent.run(words, io().out());
    return ExitCode.DONE;
  }
}
