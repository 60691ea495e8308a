// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bus.NatsLogin;
import tollway.bus.NatsServers;
import tollway.bus.NatsTls;
import tollway.cli.FileTrouble;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.console.Check;

/** Where {@code freddie serve} meets other instances of itself. */
final class BusOptions {
  @Option(
      names = "--bus",
      paramLabel = "nats://HOST:PORT[,URL]",
      description =
          "Serve one market together with all freddies on these NATS servers: any of them serves any"
              + " client. tls:// for TLS. While no server answers, this one goes on alone.")
  private @Nullable String bus;

  @Option(
      names = "--bus-credentials",
      paramLabel = "FILE",
      description =
          "How the NATS servers let us in: what nsc wrote, or lines with user = NAME and"
              + " password = WORD, or token = WORD.")
  private @Nullable Path credentials;

  @Option(
      names = "--bus-ca",
      paramLabel = "FILE",
      description =
          "The authorities (PEM) of the NATS servers' certificates. Default: those whom Java trusts.")
  private @Nullable Path authorities;

  Optional<BusConfig> config() throws IOException {
    Optional<NatsServers> servers = servers();
    return servers.isEmpty()
        ? Optional.empty()
        : Optional.of(new BusConfig(servers.get(), login(), tls(servers.get())));
  }

  /** What a doctor says of it; waits some seconds for the servers. */
  Check check() throws InterruptedException {
    String name = "bus";
    try {
      Optional<BusConfig> config = config();
      if (config.isEmpty()) {
        return Check.skip(name, "none: it is the only instance");
      }
      String urls = String.join(", ", config.get().servers().urls());
      return config
          .get()
          .probe()
          .map(
              why ->
                  Check.warn(
                      name,
                      urls + ": " + why,
                      "until a server lets it in, it serves its own clients alone"))
          .orElseGet(() -> Check.ok(name, urls + " lets us in"));
    } catch (UserErrorException unfit) {
      return Check.fail(name, String.valueOf(unfit.getMessage()), "'serve' would not start");
    } catch (IOException unreadable) {
      return Check.fail(
          name, FileTrouble.text(unreadable), "freddie's user must be able to read it");
    }
  }

  /** Where they are; reads no file. */
  Optional<NatsServers> servers() {
    String urls = bus;
    if (urls == null) {
      if (credentials != null || authorities != null) {
        throw new UserErrorException(
            (credentials != null ? "--bus-credentials" : "--bus-ca") + ": give --bus as well");
      }
      return Optional.empty();
    }
    NatsServers servers = parsed("--bus", () -> NatsServers.parse(urls));
    if (authorities != null && !servers.isSecure()) {
      throw new UserErrorException("--bus-ca: give --bus with tls://, or leave it away");
    }
    return Optional.of(servers);
  }

  private NatsLogin login() throws IOException {
    if (credentials == null) {
      return NatsLogin.none();
    }
    String text = TextFile.utf8("--bus-credentials", credentials);
    return parsed("--bus-credentials", () -> NatsLogin.parse(text));
  }

  private Optional<SSLContext> tls(NatsServers servers) throws IOException {
    if (!servers.isSecure()) {
      return Optional.empty();
    }
    Optional<String> pem =
        authorities == null
            ? Optional.empty()
            : Optional.of(TextFile.utf8("--bus-ca", authorities));
    return Optional.of(parsed("--bus-ca", () -> NatsTls.context(pem)));
  }

  private static <T> T parsed(String option, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(option + ": " + wrong.getMessage());
    }
  }
}
