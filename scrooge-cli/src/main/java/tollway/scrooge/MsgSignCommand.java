// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.identity.Identity;
import tollway.wire.LinkCodec;
import tollway.wire.MalformedMessageException;
import tollway.wire.SigningRule;

/** {@code scrooge msg sign}. */
@Command(
    name = "sign",
    description = "Sign an unsigned message, as 'msg format' prints it.",
    footer = {
      "",
      "The rules: spaced signs the text as it is. concat signs the fields without",
      "spaces, as the published description has it, concat-fields leaves out the type",
      "as well; receivers refuse both by default, because digits can move between",
      "fields under one signature."
    })
final class MsgSignCommand extends Subcommand {
  @Mixin private MsgInput input = new MsgInput();

  @Mixin private KeyOption key = new KeyOption();

  @Option(
      names = "--signing",
      paramLabel = "RULE",
      defaultValue = "spaced",
      description = "spaced, concat or concat-fields (default: ${DEFAULT-VALUE}).")
  private String signing = "spaced";

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException, CommandFailedException {
    SigningRule rule = SigningRules.parse("--signing", signing);
    Identity identity = key.load(io());
    String unsigned = new String(input.read(io()).toArray(), StandardCharsets.ISO_8859_1);
    String signed;
    try {
      signed = LinkCodec.sign(unsigned, identity, rule).utf8();
    } catch (MalformedMessageException unfit) {
      throw Refusal.of(unfit);
    }
    if (json) {
      JsonObject report = new JsonObject();
      report.addProperty("message", signed);
      report.addProperty("rule", rule.label());
      io().out().println(report);
    } else {
      io().out().println(signed);
    }
    return ExitCode.DONE;
  }
}
