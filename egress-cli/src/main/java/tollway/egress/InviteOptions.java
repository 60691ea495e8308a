// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.HostPort;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;

/** The options of {@code egress serve} that end up in its invite, and where both are kept. */
final class InviteOptions {
  static final String STATE_DEFAULT = ".local/state/tollway/egress";

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where identity and invite are kept (default: ~/" + STATE_DEFAULT + ").")
  private @Nullable Path state;

  @Option(
      names = "--freddie",
      paramLabel = "URL",
      description = "Where people and volunteers find each other; may be repeated.")
  private List<String> freddies = new ArrayList<>();

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "How volunteers reach this egress, ws or wss; may be repeated (default: as it listens).")
  private List<String> publicUrls = new ArrayList<>();

  @Option(
      names = "--stun",
      paramLabel = "HOST:PORT",
      description = "A STUN server for the invite, besides freddie's; may be repeated.")
  private List<String> stun = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A secret that volunteers must know: it becomes part of the invite.")
  private @Nullable Path tokenFile;

  static Path stateDirectory(@Nullable Path given, Map<String, String> environment) {
    return given != null ? given : home(environment).resolve(STATE_DEFAULT);
  }

  /** What a shell means by "~". */
  private static Path home(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home", ".") : home);
  }

  Identity identity(Map<String, String> environment) throws IOException, MalformedBytesException {
    return IdentityFile.loadOrCreate(
        stateDirectory(state, environment).resolve("identity.pem"), new SecureRandom());
  }

  Optional<String> token() throws IOException {
    if (tokenFile == null) {
      return Optional.empty();
    }
    String token = TextFile.read(tokenFile, 1024).strip();
    if (!Invite.isToken(token)) {
      throw new UserErrorException(
          "--token-file: a token has 16 to 128 letters, digits or ._~+/=- on one line");
    }
    return Optional.of(token);
  }

  Invite invite(Identity identity, InetSocketAddress bound) throws IOException {
    List<URI> urls = urls("--public-url", publicUrls);
    if (urls.isEmpty()) {
      HostPort at = new HostPort(bound.getAddress().getHostAddress(), bound.getPort());
      urls = List.of(URI.create("ws://" + at));
    }
    try {
      return new Invite(identity.nodeId(), urls, urls("--freddie", freddies), stun, token());
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(String.valueOf(wrong.getMessage()));
    }
  }

  /** Makes an invite for nobody, so that what is wrong with it is said before anything is done. */
  void check() throws IOException {
    invite(
        Identity.generate(new SecureRandom()),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
  }

  /** Keeps the invite for {@code egress invite}: written beside, synced and renamed. */
  void remember(Invite invite, Map<String, String> environment) throws IOException {
    InviteFile.write(InviteFile.in(stateDirectory(state, environment)), InviteCodec.encode(invite));
  }

  private static List<URI> urls(String option, List<String> texts) {
    List<URI> urls = new ArrayList<>();
    for (String text : texts) {
      try {
        urls.add(new URI(text.strip()));
      } catch (URISyntaxException wrong) {
        throw new UserErrorException(option + ": '" + text + "' is not a URL");
      }
    }
    return urls;
  }
}
