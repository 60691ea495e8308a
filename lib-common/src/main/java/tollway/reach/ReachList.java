// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tollway.webrtc.dtls.HelloProfile;

/**
 * What an operator tells clients of the ways to freddies, beyond what they have.
 *
 * @param number a list with a greater one replaces this
 * @param issued in whole seconds, as is {@code expires}
 * @param freddies URLs as of {@link Route#of}, the best first
 * @param stun servers, {@code HOST:PORT}
 * @param hellos what clients say first in DTLS, if not what any browser says
 */
public record ReachList(
    long number,
    Instant issued,
    Instant expires,
    List<String> freddies,
    List<String> stun,
    List<HelloProfile> hellos) {
  /** Of freddies, and of STUN servers. */
  public static final int MOST = 64;

  public static final int MOST_HELLOS = 16;

  public static final Duration LONGEST_LIFE = Duration.ofDays(400);

  private static final Duration LONGEST_NOTICE = Duration.ofDays(7);

  /** A signed list is no longer than this, in bytes. */
  public static final int SIZE_LIMIT = 64 << 10;

  static final int TEXT_LIMIT = 512;

  private static final Pattern STUN =
      Pattern.compile("(?:[A-Za-z0-9_.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");

  public ReachList {
    freddies = List.copyOf(freddies);
    stun = List.copyOf(stun);
    hellos = List.copyOf(hellos);
    require(number > 0, "a number above 0");
    require(isWhole(issued) && isWhole(expires), "whole seconds");
    require(
        issued.isBefore(expires) && !expires.isAfter(issued.plus(LONGEST_LIFE)),
        "a life of at most " + LONGEST_LIFE.toDays() + " days");
    require(
        freddies.size() <= MOST && stun.size() <= MOST,
        "at most " + MOST + " freddies and " + MOST + " STUN servers");
    require(hellos.size() <= MOST_HELLOS, "at most " + MOST_HELLOS + " hellos");
    require(!freddies.isEmpty() || !stun.isEmpty(), "at least one freddie or STUN server");
    freddies.forEach(each -> require(isFreddie(each), "freddies, and not " + each));
    stun.forEach(each -> require(isStun(each), "STUN servers as HOST:PORT, and not " + each));
  }

  /** One that says nothing of hellos. */
  public ReachList(
      long number, Instant issued, Instant expires, List<String> freddies, List<String> stun) {
    this(number, issued, expires, freddies, stun, List.of());
  }

  /** Whether a client can make a route of it. */
  public static boolean isFreddie(String text) {
    try {
      Route.of(new URI(text));
      return text.length() <= TEXT_LIMIT && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    } catch (URISyntaxException | IllegalArgumentException neither) {
      return false;
    }
  }

  public static boolean isStun(String text) {
    Matcher parts = STUN.matcher(text);
    if (!parts.matches()) {
      return false;
    }
    int port = Integer.parseInt(parts.group(1));
    return port > 0 && port <= 65_535;
  }

  public boolean isExpired(Instant now) {
    return !now.isBefore(expires);
  }

  /** Whether its operator had better sign the next: in the last tenth of its life, or week. */
  public boolean isEnding(Instant now) {
    Duration tenth = Duration.between(issued, expires).dividedBy(10);
    return !now.isBefore(
        expires.minus(tenth.compareTo(LONGEST_NOTICE) < 0 ? tenth : LONGEST_NOTICE));
  }

  /** When clients had better look for the next one, if it has not come before. */
  Instant halfLife() {
    return issued.plus(Duration.between(issued, expires).dividedBy(2));
  }

  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    freddies.forEach(each -> routes.add(Route.of(URI.create(each))));
    return routes;
  }

  private static boolean isWhole(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).equals(time);
  }

  private static void require(boolean fulfilled, String what) {
    if (!fulfilled) {
      throw new IllegalArgumentException("a list has " + what);
    }
  }
}
