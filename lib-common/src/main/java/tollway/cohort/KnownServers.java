// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import tollway.loop.EventLoop;
import tollway.stun.StunCohort;

/**
 * The STUN servers that a client has been told of. It draws a few of them whenever addresses are
 * gathered, and leaves alone for a time who did not answer: who blocks one cohort meets another one
 * the next time. On its loop.
 */
public final class KnownServers {
  /** Who named a server, those first whom we rather ask. */
  public enum Source {
    /** Whoever runs us. */
    PERSON,
    /** A freddie, an invite. */
    FREDDIE,
    /** They answered us some other day. */
    CACHE,
    /** They came with the program. */
    BUNDLED
  }

  /** Hears of each answer; on the loop. */
  public interface Memory {
    void answered(InetSocketAddress at, Duration after);
  }

  /** Servers asked at once: as many as Unbounded's clients ask. */
  public static final int COHORT = 5;

  /** With fewer than these who are not put aside, some are asked again before their time. */
  private static final int LEAST = 2;

  private static final Duration FIRST_ASIDE = Duration.ofMinutes(1);
  private static final Duration LONGEST_ASIDE = Duration.ofHours(1);
  private static final int MOST_OF_A_SOURCE = 256;

  private record Aside(int times, long until) {}

  private final EventLoop loop;
  private final Random random;
  private final Memory memory;
  private final Map<Source, List<InetSocketAddress>> named = new EnumMap<>(Source.class);
  private final Map<InetSocketAddress, Aside> aside = new HashMap<>();

  public KnownServers(EventLoop loop, Random random, Memory memory) {
    this.loop = loop;
    this.random = random;
    this.memory = memory;
  }

  /** These are the servers of {@code source} now; what it named before no longer counts. */
  public void learn(Source source, List<InetSocketAddress> servers) {
    loop.checkInLoop();
    named.put(source, servers.stream().distinct().limit(MOST_OF_A_SOURCE).toList());
    Set<InetSocketAddress> all = new HashSet<>();
    named.values().forEach(all::addAll);
    aside.keySet().retainAll(all);
  }

  /** Whom to ask now. Empty only when nobody is known. */
  public StunCohort draw() {
    loop.checkInLoop();
    List<InetSocketAddress> rested = new ArrayList<>();
    List<InetSocketAddress> resting = new ArrayList<>();
    for (Source source : inUse()) {
      List<InetSocketAddress> shuffled = new ArrayList<>(of(source));
      Collections.shuffle(shuffled, random);
      shuffled.forEach(each -> (isAside(each) ? resting : rested).add(each));
    }
    long now = loop.nanoTime();
    resting.sort(Comparator.comparingLong(each -> asideUntil(each, now)));
    Set<InetSocketAddress> chosen = new LinkedHashSet<>();
    Set<Object> hosts = new HashSet<>();
    // What a NAT does is seen by servers at different addresses only.
    fill(chosen, rested.stream().filter(each -> hosts.add(host(each))).toList(), COHORT);
    fill(chosen, rested, COHORT);
    fill(chosen, resting, LEAST);
    return new StunCohort(List.copyOf(chosen), new Answers());
  }

  private static void fill(
      Set<InetSocketAddress> chosen, List<InetSocketAddress> from, int enough) {
    for (InetSocketAddress each : from) {
      if (chosen.size() < enough) {
        chosen.add(each);
      }
    }
  }

  /** Nobody is asked behind the back of who names servers. */
  private List<Source> inUse() {
    if (!of(Source.PERSON).isEmpty()) {
      return List.of(Source.PERSON, Source.FREDDIE);
    }
    return of(Source.FREDDIE).isEmpty()
        ? List.of(Source.CACHE, Source.BUNDLED)
        : List.of(Source.FREDDIE, Source.CACHE);
  }

  private List<InetSocketAddress> of(Source source) {
    return named.getOrDefault(source, List.of());
  }

  private static Object host(InetSocketAddress server) {
    return server.isUnresolved() ? server.getHostString() : server.getAddress();
  }

  private boolean isAside(InetSocketAddress server) {
    return asideUntil(server, loop.nanoTime()) > 0;
  }

  /** In nanoseconds from {@code now}. */
  private long asideUntil(InetSocketAddress server, long now) {
    Aside put = aside.get(server);
    return put == null ? 0 : put.until() - now;
  }

  private boolean isKnown(InetSocketAddress server) {
    return named.values().stream().anyMatch(each -> each.contains(server));
  }

  private final class Answers implements StunCohort.Report {
    @Override
    public void answered(InetSocketAddress server, InetSocketAddress at, Duration after) {
      aside.remove(server);
      memory.answered(at, after);
    }

    @Override
    public void useless(InetSocketAddress server) {
      // Several gatherings at a time find out the same.
      if (!isAside(server) && isKnown(server)) {
        Aside before = aside.getOrDefault(server, new Aside(0, 0));
        int times = Math.min(before.times() + 1, 30);
        long pause =
            Math.min(FIRST_ASIDE.toNanos() << Math.min(times - 1, 10), LONGEST_ASIDE.toNanos());
        aside.put(server, new Aside(times, loop.nanoTime() + pause));
      }
    }
  }
}
