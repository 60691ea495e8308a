// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tollway.identity.NodeId;
import tollway.reach.Route;

/**
 * All that a desktop or a widget needs to know of an egress, in one line of text.
 *
 * @param egress the identity that the desktop pins
 * @param egressUrls where widgets reach the egress ({@code ws} or {@code wss}), best first
 * @param freddies where both find each other ({@code ws}, {@code wss}, {@code http}, {@code https})
 * @param stunServers {@code HOST:PORT} of servers to ask besides freddie's
 * @param token what the egress asks of widgets, when it asks for something
 */
public record Invite(
    NodeId egress,
    List<URI> egressUrls,
    List<URI> freddies,
    List<String> stunServers,
    Optional<String> token) {
  static final int MOST_URLS = 8;
  static final int MOST_STUN_SERVERS = 8;
  static final int URL_LIMIT = 512;

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{16,128}");

  public Invite {
    egressUrls = List.copyOf(egressUrls);
    freddies = List.copyOf(freddies);
    stunServers = List.copyOf(stunServers);
    require(!egressUrls.isEmpty() && egressUrls.size() <= MOST_URLS, "one to eight egress URLs");
    require(freddies.size() <= MOST_URLS, "at most eight freddie URLs");
    require(stunServers.size() <= MOST_STUN_SERVERS, "at most eight STUN servers");
    for (URI url : egressUrls) {
      require(isEgressUrl(url), "egress URLs such as wss://HOST/");
    }
    for (URI url : freddies) {
      require(isFreddieUrl(url), "freddie URLs such as https://HOST/");
    }
    for (String server : stunServers) {
      require(isStunServer(server), "STUN servers as HOST:PORT");
    }
    if (token.isPresent()) {
      require(isToken(token.get()), "a token of 16 to 128 letters, digits or ._~+/=-");
    }
  }

  public static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  public static boolean isEgressUrl(URI url) {
    return url.getRawFragment() == null && isUrl(url, "wss?");
  }

  /** Also one with a front: {@code https://HOST/#front=HOST}. */
  public static boolean isFreddieUrl(URI url) {
    try {
      Route.of(url);
      return isUrl(url, "wss?|https?");
    } catch (IllegalArgumentException neither) {
      return false;
    }
  }

  /** Never the token. */
  @Override
  public String toString() {
    return "Invite(" + egress.brief() + "…)";
  }

  private static boolean isUrl(URI url, String schemes) {
    return url.toString().length() <= URL_LIMIT
        && url.getScheme() != null
        && url.getScheme().toLowerCase(Locale.ROOT).matches(schemes)
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getPort() != 0
        && url.getPort() <= 65_535
        && url.toString().chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  public static boolean isStunServer(String text) {
    try {
      return text.length() <= 300 && Destination.parse(text, 0).port() > 0;
    } catch (tollway.bytes.MalformedBytesException neither) {
      return false;
    }
  }

  private static void require(boolean fulfilled, String what) {
    if (!fulfilled) {
      throw new IllegalArgumentException("an invite has " + what);
    }
  }
}
