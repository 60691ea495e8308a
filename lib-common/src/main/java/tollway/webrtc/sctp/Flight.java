// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollway.webrtc.sctp.Chunk.Gap;
import tollway.webrtc.sctp.Chunk.Sack;
import tollway.webrtc.sctp.Chunk.Skip;

/**
 * The chunks between what the peer has acknowledged without gaps and what we sent last, by TSN.
 * Decides which of them arrived, which are lost and which nobody waits for any more.
 */
final class Flight {
  /** Well below what the 16-bit distances of a SACK can name. */
  static final int MAX_CHUNKS = 8192;

  /** RFC 9260 §7.2.4. */
  private static final int MISSES = 3;

  /** Packets overtake each other by this much without being lost, at least. */
  private static final long REORDERING = 2_000_000;

  private @Nullable OutboundChunk[] ring = new @Nullable OutboundChunk[64];
  private int first;
  private int next;
  private int reliableBytes;
  private int datagramBytes;
  private int abandoned;
  private long newestAckedSentAt = Long.MIN_VALUE;
  private int newestAckedTsn;
  private final Deque<OutboundChunk> lost = new ArrayDeque<>();

  Flight(int firstTsn) {
    first = firstTsn;
    next = firstTsn;
  }

  int nextTsn() {
    return next;
  }

  int cumulativeTsn() {
    return first - 1;
  }

  boolean isEmpty() {
    return first == next;
  }

  boolean isFull() {
    return next - first >= MAX_CHUNKS;
  }

  int reliableBytes() {
    return reliableBytes;
  }

  int datagramBytes() {
    return datagramBytes;
  }

  int bytes() {
    return reliableBytes + datagramBytes;
  }

  void add(OutboundChunk chunk) {
    if (next - first == ring.length) {
      grow();
    }
    ring[next & (ring.length - 1)] = chunk;
    next++;
    count(chunk, chunk.size);
  }

  /** Puts a lost chunk back in flight. */
  void resent(OutboundChunk chunk, long now) {
    chunk.lost = false;
    chunk.misses = 0;
    chunk.sends++;
    chunk.sentAt = now;
    count(chunk, chunk.size);
  }

  /** The next chunk that has to be sent again; it stays until {@link #resent}. */
  @Nullable OutboundChunk nextLost() {
    while (!lost.isEmpty()) {
      OutboundChunk chunk = lost.peek();
      if (chunk.lost && chunk.isOpen()) {
        return chunk;
      }
      lost.remove();
    }
    return null;
  }

  /** False: the SACK is older than what we know, or names what we never sent. */
  boolean acknowledge(Sack sack, Acknowledged result) {
    result.clear();
    int cumulative = sack.cumulativeTsn();
    if (Serial.before(cumulative, first - 1) || !Serial.before(cumulative, next)) {
      return false;
    }
    result.cumulativeAdvanced = cumulative != first - 1;
    while (first != cumulative + 1) {
      OutboundChunk chunk = at(first);
      acked(chunk, result);
      abandoned -= chunk.abandoned ? 1 : 0;
      chunk.release();
      ring[first & (ring.length - 1)] = null;
      first++;
    }
    int highestNew = cumulative;
    int previousEnd = 0;
    for (Gap gap : sack.gaps()) {
      // Ascending and within what we sent, or a hostile SACK would cost us a walk per block.
      if (gap.start() <= previousEnd
          || gap.end() < gap.start()
          || gap.end() > next - 1 - cumulative) {
        break;
      }
      for (int tsn = cumulative + gap.start(); tsn != cumulative + gap.end() + 1; tsn++) {
        if (acked(at(tsn), result)) {
          highestNew = tsn;
        }
      }
      previousEnd = gap.end();
    }
    OutboundChunk newest = result.newest;
    if (newest != null && !isOvertaken(newest)) {
      newestAckedSentAt = newest.sentAt;
      newestAckedTsn = newest.tsn;
    }
    countMisses(highestNew);
    return true;
  }

  /** Finds reliable chunks that others have overtaken; the sender asks {@link #hasLost}. */
  private void countMisses(int highestNew) {
    if (reliableBytes == 0) {
      return;
    }
    // RFC 9260 §7.2.4: only chunks below the highest TSN newly acknowledged missed this SACK.
    for (int tsn = first; Serial.before(tsn, highestNew); tsn++) {
      OutboundChunk chunk = at(tsn);
      if (!chunk.inFlight() || chunk.message.isDatagram()) {
        continue;
      }
      // One sent again is only missed once something sent after it has arrived.
      boolean overtaken = chunk.sends == 1 || chunk.sentAt < newestAckedSentAt;
      if (overtaken && ++chunk.misses >= MISSES) {
        lose(chunk);
      }
    }
  }

  /** Something that was sent later has arrived; the chunks of one burst have one time. */
  private boolean isOvertaken(OutboundChunk chunk) {
    return chunk.sentAt == newestAckedSentAt
        ? Serial.before(chunk.tsn, newestAckedTsn)
        : chunk.sentAt < newestAckedSentAt;
  }

  /** Gives up datagrams that later ones have overtaken for long; returns the bytes. */
  int expireDatagrams(long now, long roundTrip) {
    long limit = now - roundTrip - Math.max(roundTrip / 4, REORDERING);
    int bytes = 0;
    for (int tsn = first; tsn != next && datagramBytes > 0; tsn++) {
      OutboundChunk chunk = at(tsn);
      if (chunk.isOpen() && chunk.message.isDatagram()) {
        if (chunk.sentAt > limit || !isOvertaken(chunk)) {
          break;
        }
        bytes += chunk.size;
        abandon(chunk.message);
      }
    }
    return bytes;
  }

  /** T3 (RFC 9260 §6.3.3): nothing of what is in flight is expected to arrive any more. */
  void expireAll() {
    boolean stuck = abandoned == 0;
    for (int tsn = first; tsn != next; tsn++) {
      stuck &= at(tsn).acked;
    }
    for (int tsn = first; tsn != next; tsn++) {
      OutboundChunk chunk = at(tsn);
      if (stuck && chunk.acked && chunk.payload() != null) {
        chunk.acked = false; // The peer took its gap acknowledgement back (RFC 9260 §6.2).
        chunk.lost = true;
        lost.add(chunk);
      } else if (chunk.inFlight()) {
        if (chunk.message.isDatagram()) {
          abandon(chunk.message);
        } else {
          lose(chunk);
        }
      }
    }
  }

  boolean hasLost() {
    return nextLost() != null;
  }

  /**
   * RFC 3758 §3.5 C: how far the peer may move on without waiting; {@link #cumulativeTsn} when it
   * has nothing to skip.
   */
  int advancedTsn() {
    int advanced = first - 1;
    if (abandoned == 0) {
      return advanced;
    }
    for (int tsn = first; tsn != next; tsn++) {
      OutboundChunk chunk = at(tsn);
      if (chunk.abandoned) {
        advanced = tsn;
      } else if (!chunk.acked) {
        break;
      }
    }
    return advanced;
  }

  /** Tells the peer to move on, with at most {@code maxSkips} streams named. */
  Chunk.ForwardTsn forwardTsn(int maxSkips) {
    int advanced = advancedTsn();
    Map<Integer, Integer> skips = new LinkedHashMap<>();
    int tsn = first;
    for (; !Serial.before(advanced, tsn); tsn++) {
      OutboundChunk chunk = at(tsn);
      if (chunk.abandoned && chunk.message.ordered) {
        if (skips.size() == maxSkips && !skips.containsKey(chunk.message.stream.id)) {
          break;
        }
        skips.put(chunk.message.stream.id, chunk.message.ssn);
      }
    }
    List<Skip> list = new ArrayList<>(skips.size());
    skips.forEach((stream, ssn) -> list.add(new Skip(stream, ssn)));
    return new Chunk.ForwardTsn(tsn - 1, list);
  }

  /** Lets everything go; for the end of the association. */
  void clear() {
    for (int tsn = first; tsn != next; tsn++) {
      at(tsn).release();
    }
    Arrays.fill(ring, null);
    first = next;
    reliableBytes = 0;
    datagramBytes = 0;
    lost.clear();
  }

  private boolean acked(OutboundChunk chunk, Acknowledged result) {
    if (chunk.acked) {
      return false;
    }
    if (chunk.inFlight()) {
      count(chunk, -chunk.size);
    }
    chunk.acked = true;
    if (chunk.abandoned) {
      return false; // A FORWARD TSN looks like an acknowledgement of what it skipped.
    }
    if (chunk.message.isDatagram()) {
      result.datagramBytes += chunk.size;
    } else {
      result.reliableBytes += chunk.size;
    }
    if (result.newest == null || chunk.sentAt >= result.newest.sentAt) {
      result.newest = chunk;
    }
    return true;
  }

  private void lose(OutboundChunk chunk) {
    int maxRetransmits = chunk.message.maxRetransmits;
    if (maxRetransmits != OutboundMessage.UNTIL_IT_ARRIVES && chunk.sends > maxRetransmits) {
      abandon(chunk.message);
      return;
    }
    count(chunk, -chunk.size);
    chunk.lost = true;
    lost.add(chunk);
  }

  /** RFC 3758 §3.5 A3: a message is given up as a whole. */
  private void abandon(OutboundMessage message) {
    message.abandoned = true;
    int from = Serial.before(message.firstTsn, first) ? first : message.firstTsn;
    for (int tsn = from; !Serial.before(message.lastTsn, tsn); tsn++) {
      OutboundChunk chunk = at(tsn);
      if (!chunk.isOpen()) {
        continue;
      }
      if (chunk.inFlight()) {
        count(chunk, -chunk.size);
      }
      chunk.abandoned = true;
      abandoned++;
      chunk.release();
    }
  }

  private void count(OutboundChunk chunk, int bytes) {
    if (chunk.message.isDatagram()) {
      datagramBytes += bytes;
    } else {
      reliableBytes += bytes;
    }
  }

  private OutboundChunk at(int tsn) {
    OutboundChunk chunk = ring[tsn & (ring.length - 1)];
    if (chunk == null) {
      throw new IllegalStateException("no chunk for a TSN in flight");
    }
    return chunk;
  }

  private void grow() {
    @Nullable OutboundChunk[] larger = new @Nullable OutboundChunk[ring.length * 2];
    for (int tsn = first; tsn != next; tsn++) {
      larger[tsn & (larger.length - 1)] = ring[tsn & (ring.length - 1)];
    }
    ring = larger;
  }
}
