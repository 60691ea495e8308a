// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

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
    streams.decrementAndGet();
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
        bytesDown.sum());
  }

  /** In the Prometheus text format, with the number of sessions that the caller knows. */
  String metrics(int sessions) {
    return """
        # TYPE egress_volunteers gauge
        egress_volunteers %d
        # TYPE egress_sessions gauge
        egress_sessions %d
        # TYPE egress_streams gauge
        egress_streams %d
        # TYPE egress_streams_total counter
        egress_streams_total %d
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
            volunteers.get(),
            sessions,
            streams.get(),
            streamsTotal.sum(),
            dialsFailed.sum(),
            associations.get(),
            datagramsDropped.sum(),
            bytesUp.sum(),
            bytesDown.sum());
  }

  private static boolean begin(AtomicInteger count, int limit) {
    if (count.incrementAndGet() <= limit) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }
}
