// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.HostPort;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.pipeline.AccessTokens;
import tollway.pipeline.Invite;

/** The options of an exit that end up in its invite. */
final class InviteContents {
  @Option(
      names = "--freddie",
      paramLabel = "URL",
      description = {
        "Where people and volunteers find each other; may be repeated.",
        "https://HOST/#front=CDN leads there by way of a front, such as a CDN: TCP and TLS go to"
            + " CDN or CDN:PORT, and only the request inside names HOST."
      })
  private List<String> freddies = new ArrayList<>();

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "How volunteers reach this egress, ws or wss; may be repeated (default: as it listens, on one address).")
  private List<String> publicUrls = new ArrayList<>();

  @Option(
      names = "--stun",
      paramLabel = "HOST:PORT",
      description = "A STUN server for the invite, besides freddie's; may be repeated.")
  private List<String> stun = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A secret that volunteers must know, or several with names, 'NAME SECRET' a line; the"
              + " first becomes part of the invite. It is read again when it changes.")
  private @Nullable Path tokenFile;

  /** Takes an option that was not on the command line; false when there is no such. */
  boolean take(String name, String value) {
    switch (name) {
      case "freddie" -> freddies.add(value);
      case "public-url" -> publicUrls.add(value);
      case "stun" -> stun.add(value);
      case "token-file" -> tokenFile = Path.of(value);
      default -> {
        return false;
      }
    }
    return true;
  }

  boolean namesFreddies() {
    return !freddies.isEmpty();
  }

  /** Refuses an invite whose only address of the exit is that of nobody. */
  void checkReachable(InetSocketAddress listen) {
    if (listen.getAddress().isAnyLocalAddress() && publicUrls.isEmpty()) {
      throw new UserErrorException("--public-url is missing: how do volunteers reach this host?");
    }
  }

  AccessTokens tokens() throws IOException {
    return tokenFile == null ? AccessTokens.NONE : tokens(tokenFile);
  }

  /** The tokens in {@code file}. */
  static AccessTokens tokens(Path file) throws IOException {
    try {
      return AccessTokens.parse(TextFile.utf8("--token-file", file));
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException("--token-file: " + file + ": " + wrong.getMessage());
    }
  }

  List<Path> tokenFiles() {
    return tokenFile == null ? List.of() : List.of(tokenFile);
  }

  Invite invite(Identity identity, InetSocketAddress bound, boolean secure) throws IOException {
    List<URI> urls = new ArrayList<>(egressUrls());
    if (urls.isEmpty()) {
      HostPort at = new HostPort(bound.getAddress().getHostAddress(), bound.getPort());
      urls.add(URI.create((secure ? "wss://" : "ws://") + at));
    }
    for (String server : stun) {
      if (!Invite.isStunServer(server)) {
        throw new UserErrorException("--stun: '" + server + "' is not HOST:PORT");
      }
    }
    List<URI> meeting = freddies.stream().map(text -> FreddieUrl.parse("--freddie", text)).toList();
    try {
      return new Invite(identity.nodeId(), urls, meeting, stun, tokens().first());
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(String.valueOf(wrong.getMessage()));
    }
  }

  private List<URI> egressUrls() {
    List<URI> urls = new ArrayList<>();
    for (String text : publicUrls) {
      urls.add(
          url(text.strip())
              .filter(Invite::isEgressUrl)
              .orElseThrow(
                  () ->
                      new UserErrorException(
                          "--public-url: '" + text + "' is not a URL such as wss://HOST/")));
    }
    return urls;
  }

  private static Optional<URI> url(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException notAUrl) {
      return Optional.empty();
    }
  }
}
