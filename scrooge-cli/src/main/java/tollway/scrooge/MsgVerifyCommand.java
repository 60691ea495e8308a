// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
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

/** {@code scrooge msg verify}. */
@Command(
    name = "verify",
    description = "Check a signed message and name the rule that its signature matches.",
    footer = {
      "",
      "Messages of the older forms verify too; their tunnel keys and endpoints are",
      "any text. Whether a neighbour would take the message today stands beside 'on",
      "the wire'. Invalid messages give exit code 4 and the reason: BAD_LENGTH,",
      "NOT_ASCII, BAD_TYPE, BAD_FIELD_COUNT, BAD_BASE64, BAD_KEY, SMALL_ORDER,",
      "BAD_ADDRESS, BAD_SEQNUM, BAD_SIGNATURE."
    })
final class MsgVerifyCommand extends Subcommand {
  @Mixin private MsgInput input = new MsgInput();

  @Mixin private AcceptSigning acceptSigning = new AcceptSigning();

  @Option(names = "--wire", description = "Fail unless a neighbour would take the message today.")
  private boolean wire;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Inspection seen = Inspector.inspect(input.read(io()), acceptSigning.rules());
    if (json) {
      io().out().println(MsgReport.verdict(seen));
    } else {
      MsgReport.printVerdict(io().out(), seen);
    }
    Optional<Objection> objection =
        seen.fault().isEmpty() && wire ? seen.wireFault() : seen.fault();
    if (objection.isPresent()) {
      throw Refusal.of(objection.get());
    }
    return ExitCode.DONE;
  }
}
