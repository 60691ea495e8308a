// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.cohort.BundledServers;
import tollway.cohort.KnownServers;
import tollway.cohort.KnownServers.Source;
import tollway.cohort.Outside;
import tollway.cohort.ServerCache;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.stun.StunCohort;

/**
 * Where a desktop or a widget learns of STUN servers: from who runs it, from freddie and invites,
 * from its file of those that answered some other day, and from the list in the package when nobody
 * names any. Where freddie is at hand the latter two are not touched: an experiment is not to be
 * heard outside. On the loop.
 */
final class StunPool {
  /** Answers come together: they are written together. */
  private static final Duration WRITE_AFTER = Duration.ofSeconds(2);

  private static final int MOST_KEPT = 256;

  private final EventLoop loop;
  private final StunChoice choice;
  private final List<String> invited;
  private final StunServers.Lookup lookup;
  private final boolean outside;
  private final KnownServers known;
  private final @Nullable ServerCache cache;

  /** The days on which those of the file answered last, as far as we know. */
  private final Map<InetSocketAddress, LocalDate> kept = new HashMap<>();

  private final Map<InetSocketAddress, Duration> unwritten = new HashMap<>();
  private @Nullable Timer writing;
  private boolean begun;
  private boolean bundled;

  /**
   * {@code freddies} are where the client connects, {@code invited} the servers of its invites;
   * {@code lab}: it is told to meet people on its own host. Any thread.
   */
  StunPool(
      EventLoop loop,
      StunChoice choice,
      Collection<URI> freddies,
      Stream<String> invited,
      boolean lab) {
    this(loop, choice, freddies, invited, lab, InetAddress::getByName);
  }

  StunPool(
      EventLoop loop,
      StunChoice choice,
      Collection<URI> freddies,
      Stream<String> invited,
      boolean lab,
      StunServers.Lookup lookup) {
    this.loop = loop;
    this.choice = choice;
    this.invited = invited.distinct().toList();
    this.lookup = lookup;
    outside = !lab && freddies.stream().allMatch(Outside::isOutside);
    known = new KnownServers(loop, new SecureRandom(), this::answered);
    cache = outside ? choice.cache().map(ServerCache::new).orElse(null) : null;
  }

  /** A freddie has welcomed us and {@code offered} servers; {@code near}: it is on this host. */
  void welcomed(List<String> offered, boolean near) {
    loop.checkInLoop();
    if (choice.nobody()) {
      return;
    }
    if (!begun) {
      begun = true;
      learn(Source.PERSON, choice.named());
    }
    List<String> told = Stream.concat(offered.stream(), invited.stream()).distinct().toList();
    learn(Source.FREDDIE, told);
    if (!outside || near || !choice.named().isEmpty()) {
      return;
    }
    readCache();
    if (told.isEmpty() && !bundled) {
      bundled = true;
      learn(Source.BUNDLED, BundledServers.read());
    }
  }

  /** Whom to ask now. */
  StunCohort draw() {
    return known.draw();
  }

  void close() {
    loop.checkInLoop();
    if (writing != null) {
      writing.cancel();
    }
  }

  private void learn(Source source, List<String> texts) {
    StunServers.resolve(loop, texts.stream(), lookup, found -> known.learn(source, found));
  }

  private void readCache() {
    ServerCache file = cache;
    if (file != null) {
      BackgroundThread.start(
          "stun-cache",
          () -> {
            List<InetSocketAddress> found = file.read(loop.now());
            loop.execute(() -> known.learn(Source.CACHE, found));
          });
    }
  }

  private void answered(InetSocketAddress at, Duration after) {
    LocalDate today = loop.now().atZone(ZoneOffset.UTC).toLocalDate();
    if (cache == null || !ServerCache.isRemembered(at) || today.equals(kept.get(at))) {
      return;
    }
    if (kept.size() >= MOST_KEPT) {
      kept.clear();
    }
    kept.put(at, today);
    unwritten.put(at, after);
    if (writing == null) {
      writing = loop.schedule(WRITE_AFTER, this::write);
    }
  }

  private void write() {
    writing = null;
    ServerCache file = cache;
    Map<InetSocketAddress, Duration> fresh = Map.copyOf(unwritten);
    unwritten.clear();
    if (file != null) {
      BackgroundThread.start("stun-cache", () -> file.add(fresh, loop.now()));
    }
  }
}
