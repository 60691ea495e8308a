// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import tollway.stun.StunCohort;

/**
 * What an {@link IceAgent} may use and how patient it is.
 *
 * @param stun asked for our public address, all at once; at most 8 servers
 * @param includeLoopback whether loopback addresses are candidates, for tests and for one host
 * @param includeLinkLocal whether IPv6 link-local addresses are candidates
 * @param remotes which addresses of the peer may be tried
 * @param portMin the lowest local UDP port; 0 lets the system choose
 * @param portMax the highest local UDP port; 0 lets the system choose
 * @param mapPorts whether the router of a private IPv4 address is asked to let the peer in
 * @param pacing the least time between two new checks (Ta of RFC 8445 §14.2), 5 to 500 ms
 * @param connectTimeout from knowing the peer's credentials to a connection
 * @param consentInterval how often the path in use is asked whether the peer still wants us
 * @param consentTimeout a path silent for this long is dead; at most 30 s (RFC 7675 §5.1)
 */
public record IceConfig(
    StunCohort stun,
    boolean includeLoopback,
    boolean includeLinkLocal,
    RemoteAddresses remotes,
    int portMin,
    int portMax,
    boolean mapPorts,
    Duration pacing,
    Duration connectTimeout,
    Duration consentInterval,
    Duration consentTimeout) {

  /** Which addresses of the peer may be tried; each kind includes the one before. */
  public enum RemoteAddresses {
    /** Only addresses that the whole Internet may reach. */
    PUBLIC,
    /** Also private, shared (CGNAT), unique-local and link-local addresses: a LAN. */
    PRIVATE,
    /** Also loopback: the same host. */
    LOOPBACK
  }

  /** More servers only make more noise: the second answer rarely says anything new. */
  static final int MOST_STUN_SERVERS = 8;

  public IceConfig {
    if (stun.servers().size() > MOST_STUN_SERVERS) {
      throw new IllegalArgumentException("more than " + MOST_STUN_SERVERS + " STUN servers");
    }
    if (portMin < 0 || portMax > 0xffff || portMin > portMax || (portMin == 0 && portMax != 0)) {
      throw new IllegalArgumentException("not a port range: " + portMin + " to " + portMax);
    }
    // RFC 8445 §14.2 asks for 5 ms or more.
    requireBetween("pacing", pacing, 5, 500);
    requireBetween("connectTimeout", connectTimeout, 1, 120_000);
    requireBetween("consentInterval", consentInterval, 20, 15_000);
    requireBetween("consentTimeout", consentTimeout, 2 * consentInterval.toMillis(), 30_000);
  }

  /** No STUN, no loopback, any port, any LAN; connects within 15 s, sees a dead peer in 4 s. */
  public static IceConfig defaults() {
    return new IceConfig(
        StunCohort.of(List.of()),
        false,
        false,
        RemoteAddresses.PRIVATE,
        0,
        0,
        false,
        Duration.ofMillis(20),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4));
  }

  public IceConfig withStunServers(List<InetSocketAddress> servers) {
    return withStun(StunCohort.of(servers));
  }

  public IceConfig withStun(StunCohort servers) {
    return new IceConfig(
        servers,
        includeLoopback,
        includeLinkLocal,
        remotes,
        portMin,
        portMax,
        mapPorts,
        pacing,
        connectTimeout,
        consentInterval,
        consentTimeout);
  }

  /** Sets {@link #includeLoopback}; true also lets the peer's loopback addresses be tried. */
  public IceConfig withLoopback(boolean include) {
    return new IceConfig(
        stun,
        include,
        includeLinkLocal,
        include ? RemoteAddresses.LOOPBACK : remotes,
        portMin,
        portMax,
        mapPorts,
        pacing,
        connectTimeout,
        consentInterval,
        consentTimeout);
  }

  public IceConfig withLinkLocal(boolean include) {
    return new IceConfig(
        stun,
        includeLoopback,
        include,
        remotes,
        portMin,
        portMax,
        mapPorts,
        pacing,
        connectTimeout,
        consentInterval,
        consentTimeout);
  }

  public IceConfig withRemotes(RemoteAddresses allowed) {
    return new IceConfig(
        stun,
        includeLoopback,
        includeLinkLocal,
        allowed,
        portMin,
        portMax,
        mapPorts,
        pacing,
        connectTimeout,
        consentInterval,
        consentTimeout);
  }

  public IceConfig withPorts(int min, int max) {
    return new IceConfig(
        stun,
        includeLoopback,
        includeLinkLocal,
        remotes,
        min,
        max,
        mapPorts,
        pacing,
        connectTimeout,
        consentInterval,
        consentTimeout);
  }

  public IceConfig withPortMapping(boolean ask) {
    return new IceConfig(
        stun,
        includeLoopback,
        includeLinkLocal,
        remotes,
        portMin,
        portMax,
        ask,
        pacing,
        connectTimeout,
        consentInterval,
        consentTimeout);
  }

  public IceConfig withConnectTimeout(Duration timeout) {
    return new IceConfig(
        stun,
        includeLoopback,
        includeLinkLocal,
        remotes,
        portMin,
        portMax,
        mapPorts,
        pacing,
        timeout,
        consentInterval,
        consentTimeout);
  }

  public IceConfig withConsent(Duration interval, Duration timeout) {
    return new IceConfig(
        stun,
        includeLoopback,
        includeLinkLocal,
        remotes,
        portMin,
        portMax,
        mapPorts,
        pacing,
        connectTimeout,
        interval,
        timeout);
  }

  private static void requireBetween(String what, Duration value, long leastMs, long mostMs) {
    if (value.toMillis() < leastMs || value.toMillis() > mostMs) {
      throw new IllegalArgumentException(
          what + " is " + value.toMillis() + " ms, not " + leastMs + " to " + mostMs);
    }
  }
}
