// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import tollway.cli.HostPort;
import tollway.cli.UserErrorException;
import tollway.console.Check;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.TlsTrouble;
import tollway.reach.ClientTls;
import tollway.reach.Reach;
import tollway.reach.Route;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;
import tollway.stun.StunClient;

/** Whether a freddie serves clients: asks it as one of them would. */
final class ServiceChecks {
  private static final int PATIENCE_MILLIS = 4_000;
  private static final Duration WELCOME = Duration.ofSeconds(8);
  private static final Duration STUN = Duration.ofSeconds(2);
  private static final Duration CLOCK_ERROR = Duration.ofMinutes(5);

  private final NettyEventLoop loop;
  private final URI freddie;
  private final List<X509Certificate> authorities;

  /** {@code freddie}: http or https; {@code authorities} as of {@link PageReader}. */
  ServiceChecks(NettyEventLoop loop, URI freddie, List<X509Certificate> authorities) {
    this.loop = loop;
    this.freddie = freddie;
    this.authorities = List.copyOf(authorities);
  }

  List<Check> all() throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    boolean reached = health(checks);
    if (!reached) {
      checks.add(Check.skip("signalling", "not tried"));
      checks.add(Check.skip("stun", "not tried"));
      return checks;
    }
    CompletableFuture<List<String>> welcomed = welcome();
    try {
      List<String> stun = welcomed.get(WELCOME.toMillis(), TimeUnit.MILLISECONDS);
      checks.add(Check.ok("signalling", "it welcomes a client, over a WebSocket"));
      checks.addAll(stun(stun));
    } catch (ExecutionException | TimeoutException refused) {
      checks.add(
          Check.fail(
              "signalling",
              refused instanceof TimeoutException
                  ? "no welcome within " + WELCOME.toSeconds() + " s"
                  : String.valueOf(
                      Objects.requireNonNullElse(refused.getCause(), refused).getMessage()),
              "what stands before it must pass /v2/signal on, and the Upgrade to a WebSocket"));
      checks.add(Check.skip("stun", "not tried"));
    }
    return checks;
  }

  /** Whether somebody answers at all; what answers may keep this page to itself. */
  private boolean health(List<Check> checks) {
    String name = "healthz";
    try {
      HttpURLConnection connection =
          new PageReader(authorities, PATIENCE_MILLIS)
              .open(URI.create(freddie.toString().replaceFirst("/$", "") + "/healthz").toURL());
      try {
        int status = connection.getResponseCode();
        checks.add(
            switch (status) {
              case 200 -> Check.ok(name, freddie + " answers");
              case 503 -> Check.warn(name, "it drains, or is down behind its front", "start it");
              case -1 -> Check.fail(name, "what answers does not speak HTTP", "is the URL right?");
              default ->
                  Check.warn(
                      name, "HTTP " + status, "right when the front keeps it from everybody");
            });
        clock(checks, connection.getHeaderFieldDate("Date", 0));
        return status > 0;
      } finally {
        connection.disconnect();
      }
    } catch (SSLException untrusted) {
      checks.add(
          Check.fail(
              name,
              freddie + ": " + TlsTrouble.text(untrusted),
              "is the URL right? --ca-file names an authority of your own"));
      return false;
    } catch (IOException unreachable) {
      checks.add(
          Check.fail(
              name, freddie + ": " + why(unreachable), "does it run, and is the URL right?"));
      return false;
    }
  }

  private static String why(IOException unreachable) {
    return unreachable instanceof java.net.UnknownHostException
        ? "no such host"
        : String.valueOf(unreachable.getMessage());
  }

  private static void clock(List<Check> checks, long millis) {
    if (millis != 0) {
      Duration apart = Duration.between(Instant.ofEpochMilli(millis), Instant.now()).abs();
      if (apart.compareTo(CLOCK_ERROR) > 0) {
        checks.add(
            Check.warn(
                "clock",
                "its clock and ours are " + apart.toMinutes() + " minutes apart",
                "one of the two is wrong: timedatectl set-ntp true"));
      }
    }
  }

  private CompletableFuture<List<String>> welcome() {
    CompletableFuture<List<String>> welcomed = new CompletableFuture<>();
    loop.execute(
        () -> {
          SignalingClient client =
              new SignalingClient(
                  loop,
                  new Reach(
                      List.of(Route.of(freddie)),
                      authorities.isEmpty() ? ClientTls.system() : ClientTls.trusting(authorities)),
                  Identity.generate(new SecureRandom()),
                  new Welcomed(welcomed));
          client.start();
          welcomed.whenComplete((stun, failure) -> loop.execute(client::close));
          loop.schedule(WELCOME, client::close);
        });
    return welcomed;
  }

  private List<Check> stun(List<String> servers) throws InterruptedException {
    if (servers.isEmpty()) {
      return List.of(
          Check.warn("stun", "it names no server to clients", "'freddie serve --stun' makes one"));
    }
    List<CompletableFuture<InetSocketAddress>> answers = servers.stream().map(this::ask).toList();
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      try {
        answers.get(i).get();
        checks.add(Check.ok("stun", servers.get(i) + " answers"));
      } catch (ExecutionException silent) {
        checks.add(
            Check.fail(
                "stun",
                servers.get(i) + " does not answer from here",
                "is UDP let through, and is it the address that clients reach (=PUBLIC:PORT)?"));
      }
    }
    return checks;
  }

  private CompletableFuture<InetSocketAddress> ask(String server) {
    try {
      return StunClient.query(loop, HostPort.parse("stun", server).resolve("stun"), STUN);
    } catch (UserErrorException useless) {
      return CompletableFuture.failedFuture(new IOException(useless));
    }
  }

  /** Waits for one word. */
  private record Welcomed(CompletableFuture<List<String>> stun) implements SignalingListener {
    @Override
    public void connected(List<String> servers) {
      stun.complete(servers);
    }

    @Override
    public void disconnected(String why) {
      stun.completeExceptionally(new IOException(why));
    }

    @Override
    public void matched(Signal.Matched match) {
      // We have asked for nobody.
    }

    @Override
    public void description(Signal.Description description) {
      // Nor is this for us.
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      // Nor this.
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      // Nor this.
    }

    @Override
    public void refused(Signal.Refusal refusal) {
      stun.completeExceptionally(new IOException("it refuses clients: " + refusal.text()));
    }
  }
}
