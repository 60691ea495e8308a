// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.time.Instant;

/**
 * A server in the published list.
 *
 * @param address {@code ADDRESS:PORT}
 * @param history a character for each crawl, the newest last: + when it was good, else -
 * @param millis the median time of an answer when it was good last
 */
public record ListedServer(
    String address,
    String history,
    Instant firstSeen,
    Instant lastGood,
    double millis,
    boolean fingerprint,
    String rfc5780,
    String software) {
  static final int MOST_HISTORY = 32;

  /** After so many crawls in a row without it a server is forgotten. */
  static final int MOST_MISSED = 8;

  public ListedServer {
    if (!address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}:[0-9]{1,5}")) {
      throw new IllegalArgumentException("no ADDRESS:PORT: '" + address + "'");
    }
    if (Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)) > 65535) {
      throw new IllegalArgumentException("no port: '" + address + "'");
    }
    Ipv4Block.of(address.substring(0, address.lastIndexOf(':')));
    if (!history.matches("[+-]{1," + MOST_HISTORY + "}")) {
      throw new IllegalArgumentException("no history: '" + history + "'");
    }
  }

  /** Whether the last crawl found it good. */
  public boolean isGood() {
    return history.endsWith("+");
  }

  /** The share of crawls that found it good. */
  public double health() {
    return history.chars().filter(each -> each == '+').count() / (double) history.length();
  }

  boolean isForgotten() {
    return history.endsWith("-".repeat(MOST_MISSED));
  }

  /** One that has answered whoever asked, and of which no more is known. */
  public static ListedServer answered(String address, Instant now, double millis) {
    return new ListedServer(address, "+", now, now, millis, false, "no", "");
  }

  /** It has answered again. */
  public ListedServer again(Instant now, double millis) {
    return new ListedServer(
        address, longer(history, "+"), firstSeen, now, millis, fingerprint, rfc5780, software);
  }

  /** Not good this time. */
  ListedServer missed() {
    return new ListedServer(
        address, longer(history, "-"), firstSeen, lastGood, millis, fingerprint, rfc5780, software);
  }

  static String longer(String history, String now) {
    String all = history + now;
    return all.substring(Math.max(0, all.length() - MOST_HISTORY));
  }
}
