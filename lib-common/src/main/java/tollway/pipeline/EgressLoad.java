// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** What an egress is doing and has done, held against its limits. Any thread. */
final class EgressLoad {
  private final EgressLimits limits;
  private final AtomicInteger volunteers = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger dials = new AtomicInteger();
  private final AtomicInteger associations = new AtomicInteger();
  private final LongAdder streamsTotal = new LongAdder();
  private final LongAdder dialsFailed = new LongAdder();
  private final LongAdder datagramsDropped = new LongAdder();
  private final LongAdder bytesUp = new LongAdder();
  private final LongAdder bytesDown = new LongAdder();
  private final CauseCounts<EgressFault> faults = new CauseCounts<>(EgressFault.class);
  private final ConcurrentMap<String, TokenCount> tokens = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  EgressLoad(EgressLimits limits) {
    this.limits = limits;
  }

  /** False when there are too many already; only a true one is ended. */
  boolean beginVolunteer() {
    return begin(volunteers, limits.volunteers());
  }

  void endVolunteer() {
    volunteers.decrementAndGet();
  }

  boolean beginStream() {
    boolean room = begin(streams, limits.streams());
    if (room) {
      streamsTotal.increment();
    }
    return room;
  }

  void endStream() {
    if (streams.decrementAndGet() == 0 && draining) {
      drained.complete(null);
    }
  }

  /** From now on streams only end; completes when the last one has. */
  CompletableFuture<Void> drain() {
    draining = true;
    if (streams.get() == 0) {
      drained.complete(null);
    }
    return drained;
  }

  boolean isDraining() {
    return draining;
  }

  /** What somebody wanted was not done. */
  void fault(EgressFault cause) {
    faults.add(cause, Instant.now());
  }

  /** What volunteers with the token of this name do. */
  TokenCount token(String name) {
    return tokens.computeIfAbsent(name, fresh -> new TokenCount());
  }

  /** Forgets tokens that are gone, once nobody is connected by them. */
  void keepTokens(Predicate<String> kept) {
    tokens
        .entrySet()
        .removeIf(each -> !kept.test(each.getKey()) && each.getValue().volunteers() == 0);
  }

  boolean beginDial() {
    return begin(dials, limits.dials());
  }

  void endDial(boolean connected) {
    dials.decrementAndGet();
    if (!connected) {
      dialsFailed.increment();
    }
  }

  boolean beginAssociation() {
    return begin(associations, limits.associations());
  }

  void endAssociation() {
    associations.decrementAndGet();
  }

  /** A datagram for which there was no room, or which must not go where it wants to. */
  void droppedDatagram() {
    datagramsDropped.increment();
  }

  /** From desktops to destinations, in bytes. */
  LongAdder bytesUp() {
    return bytesUp;
  }

  /** From destinations to desktops, in bytes. */
  LongAdder bytesDown() {
    return bytesDown;
  }

  EgressStatus status(int sessions, int paths) {
    return new EgressStatus(
        volunteers.get(),
        sessions,
        paths,
        streams.get(),
        dials.get(),
        streamsTotal.sum(),
        dialsFailed.sum(),
        bytesUp.sum(),
        bytesDown.sum(),
        faults.all(),
        faults.last());
  }

  /** In the Prometheus text format, with what the caller knows of connections and sessions. */
  String metrics(int connections, int sessions) {
    StringBuilder text =
        new StringBuilder(
            """
        # TYPE egress_draining gauge
        egress_draining %d
        # TYPE egress_connections gauge
        egress_connections %d
        # TYPE egress_volunteers gauge
        egress_volunteers %d
        # TYPE egress_sessions gauge
        egress_sessions %d
        # TYPE egress_streams gauge
        egress_streams %d
        # TYPE egress_streams_total counter
        egress_streams_total %d
        # TYPE egress_dials gauge
        egress_dials %d
        # TYPE egress_dials_failed_total counter
        egress_dials_failed_total %d
        # TYPE egress_associations gauge
        egress_associations %d
        # TYPE egress_datagrams_dropped_total counter
        egress_datagrams_dropped_total %d
        # TYPE egress_bytes_total counter
        egress_bytes_total{direction="up"} %d
        egress_bytes_total{direction="down"} %d
        """
                .formatted(
                    draining ? 1 : 0,
                    connections,
                    volunteers.get(),
                    sessions,
                    streams.get(),
                    streamsTotal.sum(),
                    dials.get(),
                    dialsFailed.sum(),
                    associations.get(),
                    datagramsDropped.sum(),
                    bytesUp.sum(),
                    bytesDown.sum()));
    text.append("# TYPE egress_errors_total counter\n");
    faults
        .all()
        .forEach(
            (cause, count) ->
                text.append("egress_errors_total{cause=\"")
                    .append(cause.name().toLowerCase(Locale.ROOT))
                    .append("\"} ")
                    .append(count)
                    .append('\n'));
    text.append("# TYPE egress_token_volunteers gauge\n")
        .append("# TYPE egress_token_connections_total counter\n")
        .append("# TYPE egress_token_bytes_total counter\n");
    new TreeMap<>(tokens).forEach((name, count) -> count.print(name, text));
    return text.toString();
  }

  private static boolean begin(AtomicInteger count, int limit) {
    if (count.incrementAndGet() <= limit) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }
}
