// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CliIo;
import tollway.cli.UserErrorException;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;

/** Where desktops and widgets take their invites from. */
final class InviteSource {
  static final String VARIABLE = "TOLLWAY_INVITE";

  @Option(
      names = "--invite",
      paramLabel = "INVITE",
      description =
          "What 'egress serve' printed. Others on this host see it in the list of processes: if it"
              + " holds a token, rather use a file or the variable "
              + VARIABLE
              + ".")
  private @Nullable String text;

  @Option(
      names = "--invite-file",
      paramLabel = "FILE",
      description = "A file with the invite on one line; may be repeated by widgets.")
  private List<Path> files = new ArrayList<>();

  /** An invite as it was given, and by what. */
  record Given(String where, String text) {
    /** It names at least one freddie. */
    Invite decoded() {
      return decode(where, text);
    }
  }

  /** At least one. */
  List<Invite> all(CliIo io) throws IOException {
    return given(io).stream().map(Given::decoded).toList();
  }

  /** All of them, whatever they say; at least one. */
  List<Given> given(CliIo io) throws IOException {
    List<Given> invites = new ArrayList<>();
    if (text != null) {
      invites.add(new Given("--invite", text));
    }
    for (Path file : files) {
      try {
        invites.add(new Given("--invite-file", InviteFile.read(file)));
      } catch (NoSuchFileException missing) {
        throw new UserErrorException("--invite-file: no such file: " + file);
      }
    }
    String variable = io.environment().get(VARIABLE);
    if (invites.isEmpty() && variable != null) {
      invites.add(new Given(VARIABLE, variable));
    }
    if (invites.isEmpty()) {
      throw new UserErrorException(
          "an invite is missing: give --invite, --invite-file or "
              + VARIABLE
              + " (an egress's operator has it from 'egress invite')");
    }
    return invites;
  }

  /** Whether an option names an invite. */
  boolean isNamed() {
    return text != null || !files.isEmpty();
  }

  /** Whether there is an invite at all. */
  boolean isGiven(CliIo io) {
    return isNamed() || io.environment().containsKey(VARIABLE);
  }

  Invite only(CliIo io) throws IOException {
    return onlyGiven(io).decoded();
  }

  /** The only one, whatever it says. */
  Given onlyGiven(CliIo io) throws IOException {
    List<Given> invites = given(io);
    if (invites.size() > 1) {
      throw new UserErrorException("one egress at a time: give one invite");
    }
    return invites.get(0);
  }

  static Invite decode(String where, String invite) {
    try {
      Invite decoded = InviteCodec.decode(invite);
      if (decoded.freddies().isEmpty()) {
        throw new UserErrorException(
            where + ": the invite names no freddie: its egress was started without --freddie");
      }
      return decoded;
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException(where + ": " + wrong.getMessage());
    }
  }
}
