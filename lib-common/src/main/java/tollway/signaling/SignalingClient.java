// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * Keeps one connection with one of several freddies: tries them in order, starting with the one
 * that worked last and without waiting long for any, reconnects with back-off, and restates slots
 * and wishes when it is back. Every method and callback is on the loop it was made for.
 *
 * <pre>
 * resting ──▶ trying: one after the other, the next already when one fails or takes long
 *    ▲           │ none welcomes us     │ one does: the others are dropped
 *    ├───────────┘                      ▼
 *    └──────────────── lost ──────── connected
 * </pre>
 */
public final class SignalingClient {
  private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");
  private static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  /** A freddie that asks us to stay away longer than this is not obeyed. */
  private static final Duration LONGEST_REFUSAL = Duration.ofMinutes(5);

  /** The next freddie is tried when the last has not answered for so long. */
  private static final Duration HEAD_START = Duration.ofSeconds(2);

  /** A connection that ended sooner than this did not work. */
  private static final Duration SOUND = Duration.ofSeconds(10);

  private final NettyEventLoop loop;
  private final List<URI> freddies;
  private final @Nullable SslContext tls;
  private final Identity identity;
  private final SignalingListener listener;
  private final Random jitter = new Random();
  private final Map<URI, Long> refusedUntil = new HashMap<>();
  private final Deque<URI> untried = new ArrayDeque<>();
  private final List<FreddieConnection> trying = new ArrayList<>();
  private @Nullable FreddieConnection connected;
  private @Nullable Timer wake;
  private @Nullable Advert slots;
  private Signal.@Nullable PeerRequest wish;
  private long connectedSince;
  private boolean closed;
  private int first;
  private int failures;

  /** {@code freddies} are {@code http}, {@code https}, {@code ws} or {@code wss} addresses. */
  public SignalingClient(
      NettyEventLoop loop, List<URI> freddies, Identity identity, SignalingListener listener) {
    if (freddies.isEmpty()) {
      throw new IllegalArgumentException("no freddie to connect to");
    }
    freddies.forEach(SignalingClient::check);
    this.loop = loop;
    this.freddies = List.copyOf(freddies);
    this.identity = identity;
    this.listener = listener;
    tls = freddies.stream().anyMatch(FreddieConnection::isSecure) ? clientTls() : null;
  }

  /** Begins to connect. */
  public void start() {
    loop.checkInLoop();
    tryAll();
  }

  /** States what we offer as a producer, now and after every reconnection. */
  public void offerSlots(Advert advert) {
    loop.checkInLoop();
    slots = advert;
    if (connected != null) {
      connected.offer(advert);
    }
  }

  /** States how many peers we want beyond those we have; replaces an earlier wish. */
  public void requestPeers(Signal.PeerRequest request) {
    loop.checkInLoop();
    wish = request;
    send(request);
  }

  /** Sends an offer or answer, a candidate or a hang-up; lost when there is no connection. */
  public void send(Signal signal) {
    loop.checkInLoop();
    if (connected != null) {
      connected.send(signal);
    }
  }

  /** Leaves, and does not come back. */
  public void close() {
    loop.checkInLoop();
    closed = true;
    cancelWake();
    dropOthers();
    if (connected != null) {
      connected.close();
      connected = null;
    }
  }

  private static void check(URI freddie) {
    String scheme = Optional.ofNullable(freddie.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme) || freddie.getHost() == null || freddie.getPort() > 65535) {
      throw new IllegalArgumentException(
          "a freddie is at http://HOST or https://HOST, not " + freddie);
    }
  }

  private static SslContext clientTls() {
    try {
      return SslContextBuilder.forClient().build();
    } catch (SSLException noTls) {
      throw new IllegalStateException("this Java has no TLS", noTls);
    }
  }

  /** A new round through all the freddies that do not want us to stay away just now. */
  private void tryAll() {
    long now = loop.nanoTime();
    refusedUntil.values().removeIf(until -> until - now <= 0);
    untried.clear();
    for (int i = 0; i < freddies.size(); i++) {
      URI freddie = freddies.get((first + i) % freddies.size());
      if (!refusedUntil.containsKey(freddie)) {
        untried.add(freddie);
      }
    }
    if (untried.isEmpty()) {
      long soonest = refusedUntil.values().stream().mapToLong(until -> until - now).min().orElse(0);
      Duration spread = jittered(FIRST_RETRY.plusNanos(soonest / 4));
      wakeIn(Duration.ofNanos(soonest).plus(spread), this::tryAll);
    } else {
      tryNext();
    }
  }

  private void tryNext() {
    URI freddie = untried.poll();
    if (freddie == null) {
      return;
    }
    FreddieConnection attempt =
        new FreddieConnection(
            loop,
            freddie,
            FreddieConnection.isSecure(freddie) ? tls : null,
            identity,
            new Conversations());
    trying.add(attempt);
    if (!untried.isEmpty()) {
      wakeIn(HEAD_START, this::tryNext);
    }
    attempt.start();
  }

  private void dropOthers() {
    untried.clear();
    trying.forEach(FreddieConnection::close);
    trying.clear();
  }

  /** Rests, longer and longer while nothing works, before the next round. */
  private void rest() {
    long millis =
        Math.min(FIRST_RETRY.toMillis() << Math.min(failures, 10), LONGEST_RETRY.toMillis());
    wakeIn(jittered(Duration.ofMillis(millis)), this::tryAll);
  }

  /** From half of {@code most} to all of it: clients of a freddie that stops spread out. */
  private Duration jittered(Duration most) {
    long half = most.toNanos() / 2;
    return Duration.ofNanos(half + jitter.nextLong(half + 1));
  }

  private void wakeIn(Duration delay, Runnable task) {
    cancelWake();
    wake = loop.schedule(delay, task);
  }

  private void cancelWake() {
    if (wake != null) {
      wake.cancel();
      wake = null;
    }
  }

  private final class Conversations implements FreddieConnection.Owner {
    @Override
    public void welcomed(FreddieConnection connection, List<String> stun) {
      cancelWake();
      trying.remove(connection);
      dropOthers();
      connected = connection;
      connectedSince = loop.nanoTime();
      first = freddies.indexOf(connection.freddie());
      listener.connected(stun);
      Optional.ofNullable(slots).ifPresent(connection::offer);
      Optional.ofNullable(wish).filter(open -> open.count() > 0).ifPresent(connection::send);
    }

    @Override
    public void said(FreddieConnection connection, Signal signal) {
      if (signal instanceof Signal.Matched matched) {
        remember(matched);
        listener.matched(matched);
      } else if (signal instanceof Signal.Description description) {
        listener.description(description);
      } else if (signal instanceof Signal.Candidate candidate) {
        listener.candidate(candidate);
      } else if (signal instanceof Signal.HangUp hangUp) {
        listener.hungUp(hangUp);
      } else if (signal instanceof Signal.Refusal refusal) {
        remember(connection.freddie(), refusal);
        listener.refused(refusal);
      }
    }

    @Override
    public void ended(FreddieConnection connection, String why) {
      boolean wasConnected = connection == connected;
      if (wasConnected) {
        connected = null;
        boolean sound = loop.nanoTime() - connectedSince >= SOUND.toNanos();
        failures = sound ? 0 : failures + 1;
        first += sound ? 0 : 1;
      } else {
        trying.remove(connection);
      }
      listener.disconnected(connection.freddie() + ": " + why);
      if (closed) {
        return; // The listener may have closed us.
      }
      if (wasConnected) {
        rest();
      } else if (!untried.isEmpty()) {
        tryNext();
      } else if (trying.isEmpty()) {
        failures++;
        rest();
      }
    }

    /** After a reconnection we wish only what is still missing. */
    private void remember(Signal.Matched matched) {
      Signal.PeerRequest open = wish;
      if (open != null
          && open.count() > 0
          && matched.role() == Signal.Role.CONSUMER
          && matched.onwardOf().isEmpty()
          && matched.egress().equals(open.egress())) {
        wish = open.less();
      }
    }

    private void remember(URI freddie, Signal.Refusal refusal) {
      long seconds = Math.min(refusal.retryAfterSeconds(), LONGEST_REFUSAL.toSeconds());
      if (seconds > 0) {
        refusedUntil.put(freddie, loop.nanoTime() + Duration.ofSeconds(seconds).toNanos());
      }
    }
  }
}
