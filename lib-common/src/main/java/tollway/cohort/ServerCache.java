// SPDX-License-Identifier: Apache-2.0
package tollway.cohort;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;
import tollway.crawl.ListedServer;
import tollway.crawl.ServerList;

/**
 * A file of servers that have answered us, as {@link ServerList} has it, for the day when nobody
 * tells us of one that works. It names IPv4 addresses of the Internet only, and days, no hours: it
 * is not to tell more of its owner than it must. Any thread; calls block.
 */
public final class ServerCache {
  /** Who has not answered for so long is forgotten. */
  public static final Duration TTL = Duration.ofDays(30);

  static final int MOST = 64;
  private static final int LONGEST = 1 << 20;

  /** Clocks differ; a day that is further on than this is no day on which anybody answered. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private static final Logger log = LoggerFactory.getLogger(ServerCache.class);

  private final Path file;
  private boolean unusable;

  public ServerCache(Path file) {
    this.file = file;
  }

  /** Those who have answered lately, the best first; none when the file cannot be used. */
  public synchronized List<InetSocketAddress> read(Instant now) {
    return listed(now).stream().map(ServerList::at).toList();
  }

  /** Adds who has {@code answered}, each after so long; who else wrote meanwhile loses nothing. */
  public synchronized void add(Map<InetSocketAddress, Duration> answered, Instant now) {
    Map<String, ListedServer> all = new LinkedHashMap<>();
    listed(now).forEach(each -> all.put(each.address(), each));
    if (unusable) {
      return;
    }
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    answered.forEach(
        (server, after) -> {
          if (isRemembered(server)) {
            all.merge(
                NetUtil.toSocketAddressString(server),
                ListedServer.answered(NetUtil.toSocketAddressString(server), today, millis(after)),
                (old, fresh) ->
                    old.lastGood().isBefore(today) ? old.again(today, fresh.millis()) : old);
          }
        });
    List<ListedServer> latest =
        all.values().stream()
            .sorted(Comparator.comparing(ListedServer::lastGood).reversed())
            .limit(MOST)
            .toList();
    try {
      ServerList.of(latest).keep(file);
    } catch (IOException refused) {
      giveUp("STUN servers are not remembered: " + refused.getMessage());
    }
  }

  /** Whether a file may tell of it. */
  public static boolean isRemembered(InetSocketAddress server) {
    return !server.isUnresolved()
        && server.getAddress() instanceof Inet4Address
        && Outside.isOutside(server.getAddress());
  }

  private List<ListedServer> listed(Instant now) {
    if (unusable || !Files.exists(file)) {
      return List.of();
    }
    try {
      return ServerList.read(file, LONGEST).servers().stream()
          .filter(each -> each.lastGood().isAfter(now.minus(TTL)))
          .filter(each -> each.lastGood().isBefore(now.plus(AHEAD)))
          .filter(ListedServer::isGood)
          .filter(each -> isRemembered(ServerList.at(each)))
          .limit(MOST)
          .toList();
    } catch (MalformedBytesException corrupt) {
      giveUp("no list of STUN servers, remove it: " + corrupt.getMessage());
    } catch (IOException unreadable) {
      giveUp("no STUN servers are remembered: cannot read " + unreadable.getMessage());
    }
    return List.of();
  }

  private void giveUp(String why) {
    unusable = true;
    log.warn("{}", why);
  }

  private static double millis(Duration after) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.1f", after.toNanos() / 1e6));
  }
}
