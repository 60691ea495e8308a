// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.util.ArrayList;
import java.util.List;
import tollway.webrtc.sctp.Chunk.Gap;

/** The receiving half of an association: takes DATA and decides when to acknowledge. */
final class Receiver {
  /** A SACK no later than after this many packets, even while more are being read. */
  private static final int SACK_EVERY = 8;

  /** RFC 9260 §6.2: while all goes well a single packet may wait for a second. */
  private static final int SACK_AT_END_OF_BATCH = 2;

  private static final int MAX_GAPS = 64;
  private static final int MAX_DUPLICATES = 16;

  private final ReceivedTsns received;
  private final Reassembly reassembly;
  private final List<Integer> duplicates = new ArrayList<>();
  private int packets;
  private boolean countedThisPacket;
  private boolean urgent;

  Receiver(int firstTsn, Reassembly reassembly) {
    received = new ReceivedTsns(firstTsn);
    this.reassembly = reassembly;
  }

  int cumulativeTsn() {
    return received.cumulative();
  }

  int window() {
    return reassembly.window();
  }

  void beginPacket() {
    countedThisPacket = false;
  }

  /** False: the peer broke the protocol. */
  boolean data(Chunk.Data data) {
    countPacket();
    int tsn = data.tsn();
    if (received.isDuplicate(tsn)) {
      if (duplicates.size() < MAX_DUPLICATES) {
        duplicates.add(tsn);
      }
      urgent = true;
      return true;
    }
    if (!received.isWithinWindow(tsn)) {
      return true; // Beyond what we promised to remember.
    }
    int cumulative = received.cumulative();
    boolean hadGaps = received.hasGaps();
    Reassembly.Outcome outcome = reassembly.add(data, cumulative);
    if (outcome == Reassembly.Outcome.TAKEN) {
      received.add(tsn);
    }
    // RFC 9260 §6.7: gaps are reported at once, and so is their end.
    urgent |= hadGaps || received.hasGaps() || data.has(Chunk.Data.IMMEDIATE);
    urgent |= outcome == Reassembly.Outcome.REFUSED;
    return outcome != Reassembly.Outcome.VIOLATION;
  }

  void forward(Chunk.ForwardTsn forward) {
    countPacket();
    int tsn = forward.newCumulativeTsn();
    if (received.isWithinWindow(tsn)) {
      reassembly.skip(tsn, forward.skips());
      received.forwardTo(tsn);
    }
    urgent = true; // RFC 3758 §3.6: also when it is old, for our SACK may have been lost.
  }

  /** Whether waiting for the end of the batch would delay the sender. */
  boolean owesSackNow() {
    return packets >= SACK_EVERY;
  }

  boolean owesSackAtEndOfBatch() {
    return urgent || packets >= SACK_AT_END_OF_BATCH;
  }

  boolean owesSack() {
    return urgent || packets > 0;
  }

  /** The SACK that settles what is owed. */
  Chunk.Sack sack() {
    List<Gap> gaps = received.hasGaps() ? received.gaps(MAX_GAPS) : List.of();
    Chunk.Sack sack =
        new Chunk.Sack(received.cumulative(), reassembly.window(), gaps, List.copyOf(duplicates));
    duplicates.clear();
    packets = 0;
    urgent = false;
    return sack;
  }

  private void countPacket() {
    if (!countedThisPacket) {
      countedThisPacket = true;
      packets++;
    }
  }
}
