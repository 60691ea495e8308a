// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;

/** {@code egress invite}: shows the invite of this host's egress, or what another one says. */
@Command(
    name = "invite",
    sortOptions = false,
    description = "Show the invite of the egress on this host, or what an invite says.")
final class InviteCommand extends Subcommand {
  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Where 'egress serve' keeps it (default: ~/" + InviteOptions.STATE_DEFAULT + ").")
  private @Nullable Path state;

  @Option(names = "--json", description = "Show what the invite says, never its token.")
  private boolean json;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "With --token: where 'egress serve' takes its tokens from.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--token",
      paramLabel = "NAME",
      description = "Put the token of this name into the invite, for those who shall have it.")
  private @Nullable String token;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A file with another invite; '-' is standard input.")
  private @Nullable Path file;

  @Override
  public Integer call() throws IOException, MalformedBytesException, CommandFailedException {
    Invite invite = withToken(InviteCodec.decode(text()));
    io().out().println(json ? PRETTY.toJson(toJson(invite)) : InviteCodec.encode(invite));
    return ExitCode.DONE;
  }

  private Invite withToken(Invite kept) throws IOException {
    String name = token;
    Path tokens = tokenFile;
    if (name == null && tokens == null) {
      return kept;
    }
    if (name == null || tokens == null) {
      throw new UserErrorException("--token and --token-file: give both or neither");
    }
    Optional<String> secret = InviteContents.tokens(tokens).secret(name);
    if (secret.isEmpty()) {
      throw new UserErrorException("--token: there is no '" + name + "' in " + tokens);
    }
    return new Invite(
        kept.egress(), kept.egressUrls(), kept.freddies(), kept.stunServers(), secret);
  }

  private String text() throws IOException, CommandFailedException {
    Path chosen = file;
    if (chosen != null && chosen.toString().equals("-")) {
      return new String(io().in().readNBytes(32 << 10), java.nio.charset.StandardCharsets.US_ASCII);
    }
    if (chosen != null) {
      return InviteFile.read(chosen);
    }
    Path kept = InviteFile.in(InviteOptions.stateDirectory(state, io().environment()));
    try {
      return InviteFile.read(kept);
    } catch (NoSuchFileException absent) {
      throw new CommandFailedException(
          ExitCode.UNAVAILABLE,
          "no invite at " + kept + ": start 'egress serve' once, or name its --state");
    }
  }

  private static JsonObject toJson(Invite invite) {
    JsonObject shown = new JsonObject();
    shown.addProperty("egress", invite.egress().base64());
    shown.add("egressUrls", array(invite.egressUrls()));
    shown.add("freddies", array(invite.freddies()));
    shown.add("stunServers", array(invite.stunServers()));
    shown.addProperty("hasToken", invite.token().isPresent());
    return shown;
  }

  private static JsonArray array(List<?> values) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(String.valueOf(value)));
    return array;
  }
}
