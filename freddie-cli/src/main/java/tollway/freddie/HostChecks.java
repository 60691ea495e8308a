// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.cli.FileTrouble;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.console.Check;
import tollway.crawl.ZmapSweep;
import tollway.exec.Host;
import tollway.loop.OpenFiles;
import tollway.tls.ServerTls;
import tollway.tls.TlsOptions;

/** What {@code freddie serve} needs of the host, but for UDP. */
final class HostChecks {
  /** As FREDDIE.md has it: each client costs one, and the rest is ours. */
  private static final int OTHER_FILES = 100;

  private static final Duration SOON = Duration.ofDays(14);

  private final Host host;
  private final InetSocketAddress listen;
  private final TlsOptions tls;
  private final int maxClients;
  private @Nullable URI running;

  HostChecks(Host host, InetSocketAddress listen, TlsOptions tls, int maxClients) {
    this.host = host;
    this.listen = listen;
    this.tls = tls;
    this.maxClients = maxClients;
  }

  List<Check> all() {
    return List.of(listening(), certificate(), openFiles(), clock(), zmap());
  }

  /** The freddie that runs where ours would, when it can be asked: once {@link #all} has looked. */
  Optional<URI> runsAt() {
    return Optional.ofNullable(running);
  }

  private Check listening() {
    String name = "listen";
    String at = FreddieNode.text(listen);
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(listen);
      return Check.ok(name, at + " is free");
    } catch (BindException refused) {
      String why = String.valueOf(refused.getMessage());
      if (why.contains("Permission denied")) {
        return Check.fail(
            name, at + ": ports below 1024 need a privilege", "be root, or CAP_NET_BIND_SERVICE");
      }
      return why.contains("in use") ? taken(at) : Check.fail(name, at + ": " + why, "is it ours?");
    } catch (IOException refused) {
      return Check.fail(name, at + ": " + refused.getMessage(), "give another --listen");
    }
  }

  private Check taken(String at) {
    URI there = URI.create((tls.isSecure() ? "https://" : "http://") + reachable());
    try {
      MetricsReader.of(there.toString()).read();
      running = there;
      return Check.ok("listen", "a freddie runs at " + at);
    } catch (IOException notOurs) {
      if (tls.isSecure()) {
        return Check.warn(
            "listen",
            at + " is in use, maybe by a freddie: " + notOurs.getMessage(),
            "give the doctor its URL, with the name that is in the certificate");
      }
      return Check.fail(
          "listen",
          at + " is in use, and not by a freddie: " + notOurs.getMessage(),
          "end what listens there ('ss -tlnp' shows it), or give another --listen");
    }
  }

  private String reachable() {
    boolean any = listen.getAddress().isAnyLocalAddress();
    return any ? "127.0.0.1:" + listen.getPort() : FreddieNode.text(listen);
  }

  private Check certificate() {
    String name = "certificate";
    try {
      if (tls.read().isEmpty()) {
        return listen.getAddress().isLoopbackAddress()
            ? Check.skip(name, "none: what stands before it speaks TLS")
            : Check.warn(
                name,
                "none: who is on the way reads who asks whom",
                "give --tls-cert and --tls-key, or put a web server with TLS before it");
      }
      X509Certificate own =
          ServerTls.certificates(TextFile.utf8("--tls-cert", tls.files().get(0))).get(0);
      return judge(name, own, Instant.now());
    } catch (UserErrorException | MalformedBytesException unfit) {
      return Check.fail(name, String.valueOf(unfit.getMessage()), "have it made anew");
    } catch (IOException unreadable) {
      return Check.fail(
          name, FileTrouble.text(unreadable), "freddie's user must be able to read it");
    }
  }

  private static Check judge(String name, X509Certificate own, Instant now) {
    Instant begin = own.getNotBefore().toInstant();
    Instant end = own.getNotAfter().toInstant();
    if (begin.isAfter(now)) {
      return Check.fail(name, "not valid before " + begin, "is the clock right?");
    }
    long days = Duration.between(now, end).toDays();
    return end.isBefore(now.plus(SOON))
        ? Check.warn(name, "expires in " + days + " days", "renew it: it is read again by itself")
        : Check.ok(name, "and its key fit; good for " + days + " days");
  }

  private Check openFiles() {
    String name = "open files";
    OptionalLong most = OpenFiles.limit();
    if (most.isEmpty()) {
      return Check.warn(name, "no limit is told", "is /proc mounted?");
    }
    return fewFiles(maxClients)
        .map(few -> Check.warn(name, few, filesRemedy(maxClients)))
        .orElseGet(
            () ->
                Check.ok(
                    name,
                    (most.getAsLong() == Long.MAX_VALUE ? "any number" : most.getAsLong())
                        + " at most, for "
                        + maxClients
                        + " clients"));
  }

  /** That there are not enough for so many clients, in words; empty when there are. */
  static Optional<String> fewFiles(int maxClients) {
    OptionalLong most = OpenFiles.limit();
    return most.isPresent() && most.getAsLong() < neededFiles(maxClients)
        ? Optional.of(most.getAsLong() + " at most here, for " + maxClients + " clients")
        : Optional.empty();
  }

  static String filesRemedy(int maxClients) {
    return "ulimit -n " + neededFiles(maxClients) + "; freddie.service sets its own";
  }

  static long neededFiles(int maxClients) {
    return (long) maxClients + OTHER_FILES;
  }

  /** Only the system knows; certificates and the expiry of what is remembered depend on it. */
  private Check clock() {
    String name = "clock";
    if (!host.has("timedatectl")) {
      return Check.skip(name, "no timedatectl here that would tell whether it is right");
    }
    try {
      String said = host.run(List.of("timedatectl", "show", "-p", "NTPSynchronized", "--value"));
      return said.strip().equals("yes")
          ? Check.ok(name, "set by the network")
          : Check.warn(name, "not set by the network", "timedatectl set-ntp true");
    } catch (IOException silent) {
      return Check.skip(name, "timedatectl does not tell whether it is right");
    }
  }

  private static Check zmap() {
    return ZmapSweep.isInstalled()
        ? Check.ok("zmap", "there for 'freddie stun crawl --zmap'")
        : Check.skip("zmap", "not installed; 'freddie stun crawl' has a prober of its own");
  }
}
