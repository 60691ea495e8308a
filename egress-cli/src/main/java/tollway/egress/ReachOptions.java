// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;
import tollway.identity.NodeId;
import tollway.reach.ReachConfig;
import tollway.reach.Upstream;

/** The options of clients that say how they get to freddies. */
final class ReachOptions {
  private static final String PROXY = "--signaling-proxy";
  private static final String USER_FILE = "--signaling-proxy-user-file";

  @Option(
      names = "--freddie",
      paramLabel = "URL",
      description =
          "Try this freddie before those of the invite; may be repeated. https://HOST/#front=CDN"
              + " leads to HOST by way of a front, such as a CDN.")
  private List<String> freddies = new ArrayList<>();

  @Option(
      names = PROXY,
      paramLabel = "URL",
      description =
          "Connect to freddies by this proxy, which also looks up their names: http://HOST:PORT"
              + " (CONNECT) or socks5://HOST:PORT. Data channels do not go there.")
  private @Nullable String proxy;

  @Option(
      names = USER_FILE,
      paramLabel = "FILE",
      description =
          "What that proxy wants to hear: USER:PASSWORD on one line, in a file that only its owner"
              + " reads.")
  private @Nullable Path proxyUserFile;

  @Option(
      names = "--list-key",
      paramLabel = "KEY",
      description =
          "Also use the freddies, fronts and STUN servers that the operator with this key lists"
              + " ('freddie list sign' says it), when those given do not work, and say in DTLS what it"
              + " lists; freddies hand out new lists.")
  private @Nullable String listKey;

  /**
   * What works is remembered in {@code state}, and the list is kept there. The directory is {@code
   * made} when there is none, or for a list.
   */
  ReachConfig toConfig(Path state, boolean made) throws IOException {
    return new ReachConfig(
        freddies.stream().map(text -> FreddieUrl.parse("--freddie", text)).toList(),
        upstream(),
        listKey(),
        Optional.of(state)
            .filter(directory -> made || listKey != null || Files.isDirectory(directory)));
  }

  private Optional<NodeId> listKey() {
    if (listKey == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(NodeId.parse(listKey));
    } catch (MalformedBytesException noKey) {
      throw new UserErrorException(
          "--list-key: '" + listKey + "' is no key: " + noKey.getMessage());
    }
  }

  private Optional<Upstream> upstream() throws IOException {
    String url = proxy;
    if (url == null) {
      if (proxyUserFile != null) {
        throw new UserErrorException(USER_FILE + ": name the proxy, with " + PROXY);
      }
      return Optional.empty();
    }
    Optional<Upstream.Login> login =
        proxyUserFile == null ? Optional.empty() : Optional.of(login(proxyUserFile));
    try {
      return Optional.of(Upstream.parse(url, login));
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(PROXY + ": " + wrong.getMessage());
    }
  }

  private static Upstream.Login login(Path file) throws IOException {
    try {
      return Upstream.Login.parse(SecretFile.line(USER_FILE, file));
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(USER_FILE + ": " + wrong.getMessage());
    }
  }
}
