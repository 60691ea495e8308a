// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tollway.stun.StunAlternate;
import tollway.tls.ServerTls;

/**
 * What {@code freddie serve} was told.
 *
 * @param listen where clients connect
 * @param tls the certificate, when it speaks TLS itself
 * @param stun where the built-in STUN responder listens; empty for none
 * @param stunAlternate with the first of {@code stun} serves RFC 5780
 * @param limits what clients may cost
 * @param bus where the other instances are, if there are any
 */
record FreddieConfig(
    InetSocketAddress listen,
    Optional<ServerTls> tls,
    List<StunAddress> stun,
    Optional<StunAlternate> stunAlternate,
    Limits limits,
    Optional<BusConfig> bus) {
  FreddieConfig {
    stun = List.copyOf(stun);
  }

  /** The only instance. */
  FreddieConfig(
      InetSocketAddress listen,
      Optional<ServerTls> tls,
      List<StunAddress> stun,
      Optional<StunAlternate> stunAlternate,
      Limits limits) {
    this(listen, tls, stun, stunAlternate, limits, Optional.empty());
  }

  /**
   * One socket of the STUN responder.
   *
   * @param told how clients reach it, {@code host:port}; empty for where it is bound
   */
  record StunAddress(InetSocketAddress bind, String told) {}

  /**
   * Bounds on what strangers can make us hold.
   *
   * @param clients WebSockets, and connections of Unbounded clients, at once
   * @param unreadBytes what may wait for all clients together before the slowest are cut off
   * @param patience how long a connection may take to say who it is
   * @param leastEffort what newcomers have to make also while nobody waits
   * @param v1PerAddress connections of Unbounded clients from one public address; 0 for none at all
   * @param fronts whose clients the bounds are for, and not themselves
   */
  record Limits(
      int clients,
      long unreadBytes,
      Duration patience,
      int leastEffort,
      int v1PerAddress,
      Fronts fronts) {
    static final int DEFAULT_CLIENTS = 10_000;
    static final int DEFAULT_V1_PER_ADDRESS = 64;

    /** No puzzles while nobody waits. */
    Limits(int clients, long unreadBytes, Duration patience) {
      this(clients, unreadBytes, patience, 0, DEFAULT_V1_PER_ADDRESS, Fronts.NONE);
    }

    /** The defaults, for so many clients. */
    static Limits of(int clients) {
      return new Limits(clients, Runtime.getRuntime().maxMemory() / 4, Duration.ofSeconds(10));
    }

    Limits withLeastEffort(int effort) {
      return new Limits(clients, unreadBytes, patience, effort, v1PerAddress, fronts);
    }

    /** The same, with so many connections of Unbounded clients from one address. */
    Limits withV1PerAddress(int connections) {
      return new Limits(clients, unreadBytes, patience, leastEffort, connections, fronts);
    }

    /** The same behind these. */
    Limits behind(Fronts others) {
      return new Limits(clients, unreadBytes, patience, leastEffort, v1PerAddress, others);
    }
  }
}
