// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.console.Check;
import tollway.loop.ListenException;
import tollway.pipeline.Destination;
import tollway.pipeline.Invite;

/** {@code egress doctor}. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Try the way to the egress leg by leg, as 'egress desktop' would go it, and say which leg is"
            + " broken and what to do. Takes at most 15 s.",
    footer = {
      "",
      "Legs behind a broken one are not tried (skip). Exit code 0: all is well, or could be better"
          + " (warn); 1: something is broken (FAIL).",
      "The dialled host learns that the egress connects, and is sent nothing."
    })
final class DoctorCommand extends Subcommand {
  @Mixin private InviteSource invites = new InviteSource();

  @Option(
      names = "--target",
      paramLabel = "HOST:PORT",
      description =
          "What the egress is asked to connect to (default: the invite's first freddie, which its"
              + " policy may well refuse).")
  private @Nullable String target;

  @Option(
      names = "--show-address",
      description = "Print the address that STUN servers see, rather than only its family.")
  private boolean showAddress;

  @Option(
      names = "--include-loopback",
      description = "Also meet volunteers on this host, by its loopback addresses: for labs.")
  private boolean includeLoopback;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException, InterruptedException {
    List<Check> checks = new ArrayList<>();
    Optional<Destination> wanted = target();
    InviteSource.Given given = invites.onlyGiven(io());
    try {
      Invite invite = given.decoded();
      checks.add(Check.ok("invite", "for egress " + invite.egress().brief()));
      checks.add(OpenFiles.check());
      checks.addAll(new ChainDoctor(invite, wanted, showAddress, includeLoopback).checks());
    } catch (UserErrorException useless) {
      checks.add(
          Check.fail(
              "invite",
              String.valueOf(useless.getMessage()),
              "copy it once more, whole, from who gave it to you"));
    } catch (ListenException refused) {
      throw CommandFailedException.refusedByHost(refused, refused.denied());
    }
    boolean fine = Check.report(checks, json, io().out());
    return fine ? ExitCode.DONE : ExitCode.FAILED;
  }

  private Optional<Destination> target() {
    if (target == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Destination.parse(target, 0));
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException("--target: give HOST:PORT: " + wrong.getMessage());
    }
  }
}
