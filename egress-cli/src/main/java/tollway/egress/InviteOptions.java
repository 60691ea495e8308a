// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
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

  @Mixin private InviteContents contents = new InviteContents();

  static Path stateDirectory(@Nullable Path given, Map<String, String> environment) {
    return given != null ? given : home(environment).resolve(STATE_DEFAULT);
  }

  /** What a shell means by "~". */
  private static Path home(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home", ".") : home);
  }

  InviteContents contents() {
    return contents;
  }

  Identity identity(Map<String, String> environment) throws IOException, MalformedBytesException {
    return identityIn(stateDirectory(state, environment));
  }

  /** The one that is kept there, made when there is none. */
  static Identity identityIn(Path directory) throws IOException, MalformedBytesException {
    return IdentityFile.loadOrCreate(directory.resolve("identity.pem"), new SecureRandom());
  }

  /** Makes an invite for nobody, so that what is wrong with it is said before anything is done. */
  void check(boolean secure) throws IOException {
    contents.invite(
        Identity.generate(new SecureRandom()),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
        secure);
  }

  /** Keeps the invite for {@code egress invite}: written beside, synced and renamed. */
  void remember(Invite invite, Map<String, String> environment) throws IOException {
    InviteFile.write(InviteFile.in(stateDirectory(state, environment)), InviteCodec.encode(invite));
  }
}
