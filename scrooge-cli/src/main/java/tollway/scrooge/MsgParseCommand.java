// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.wire.Inspection;
import tollway.wire.Inspection.Objection;
import tollway.wire.Inspector;
import tollway.wire.SigningRule;

/** {@code scrooge msg parse}. */
@Command(
    name = "parse",
    description = "Print the fields of a message without judging its signature.")
final class MsgParseCommand extends Subcommand {
  @Mixin private MsgInput input = new MsgInput();

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Inspection seen = Inspector.inspect(input.read(io()), EnumSet.allOf(SigningRule.class));
    Optional<Objection> objection = seen.formFault();
    if (objection.isPresent()) {
      throw Refusal.of(objection.get());
    }
    if (json) {
      io().out().println(MsgReport.fields(seen));
    } else {
      MsgReport.printFields(io().out(), seen);
    }
    return ExitCode.DONE;
  }
}
