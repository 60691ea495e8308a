// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
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
import tollway.loop.OpenFiles;
import tollway.pipeline.Destination;
import tollway.pipeline.Invite;
import tollway.pipeline.TrustedRoots;
import tollway.pipeline.WidgetVia;
import tollway.reach.ReachConfig;

/** {@code egress doctor}. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Try the way to the egress leg by leg, as 'egress desktop' or 'egress widget' would go it, and"
            + " say which leg is broken and what to do. Takes at most 15 s.",
    footer = {
      "",
      "Legs behind a broken one are not tried (skip). Exit code 0: all is well, or could be better"
          + " (warn); 1: something is broken (FAIL).",
      "The dialled host learns that the egress connects, and is sent nothing."
    })
final class DoctorCommand extends Subcommand {
  private static final int FEW_FILES = 1024;

  private enum Role {
    DESKTOP,
    WIDGET;

    /** As on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin private InviteSource invites = new InviteSource();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "desktop",
      description =
          "Whose way is tried: desktop, of who is cut off, or widget, of a volunteer (default:"
              + " ${DEFAULT-VALUE}).")
  private Role role = Role.DESKTOP;

  @Option(
      names = "--via",
      paramLabel = "WAY",
      description = "As of 'egress widget': with volunteers the egress is not connected to.")
  private @Nullable WidgetVia via;

  @Mixin private ReachOptions reach = new ReachOptions();
  @Mixin private AuthorityOption authorities = new AuthorityOption();

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
    refuseMisplaced();
    List<Check> checks = new ArrayList<>();
    Optional<Destination> wanted = target();
    TrustedRoots roots = authorities.roots();
    ReachConfig reaching =
        reach.toConfig(InviteOptions.stateDirectory(null, io().environment()), false);
    List<InviteSource.Given> given =
        role == Role.WIDGET ? invites.given(io()) : List.of(invites.onlyGiven(io()));
    try {
      List<Invite> all = given.stream().map(InviteSource.Given::decoded).toList();
      all.forEach(each -> checks.add(Check.ok("invite", "for egress " + each.egress().brief())));
      checks.add(openFiles());
      checks.addAll(
          role == Role.WIDGET
              ? new VolunteerDoctor(all, reaching, wayOn(), roots, showAddress).checks()
              : new ChainDoctor(all.get(0), reaching, wanted, showAddress, includeLoopback)
                  .checks());
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

  private static Check openFiles() {
    String name = "open files";
    OptionalLong most = OpenFiles.limit();
    if (most.isEmpty()) {
      return Check.warn(name, "no limit is told", "is /proc mounted?");
    }
    if (most.getAsLong() < FEW_FILES) {
      return Check.warn(
          name, most.getAsLong() + " at most: too few for a busy proxy", "ulimit -n 4096");
    }
    return Check.ok(
        name, most.getAsLong() == Long.MAX_VALUE ? "no limit" : most.getAsLong() + " at most");
  }

  private void refuseMisplaced() {
    if (role == Role.WIDGET && target != null) {
      throw new UserErrorException("--target: a widget connects nobody to it: leave it out");
    }
    if (role == Role.DESKTOP && (via != null || authorities.isGiven())) {
      throw new UserErrorException("--via and --ca-file are a volunteer's: give --role widget");
    }
  }

  private WidgetVia wayOn() {
    return via == null ? WidgetVia.EGRESS : via;
  }

  private Optional<Destination> target() {
    if (target == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Destination.parse(target, 0));
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException(
          "--target: '" + target + "' is not HOST:PORT: " + wrong.getMessage());
    }
  }
}
