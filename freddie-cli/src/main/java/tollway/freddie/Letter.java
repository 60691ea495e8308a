// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.signaling.Endpoint;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.stun.NatMapping;

/**
 * What one instance of freddie tells others, laid out in {@code colleagues.proto}. The others are
 * believed: keys were checked by whoever speaks to the client.
 *
 * @param from the instance
 */
record Letter(long from, Letter.Body body) {
  static final int VERSION = 1;

  /** Those on the way, those who help already, and those whom the client does not want. */
  static final int MAX_EXCLUDED = 64;

  /** In bytes. */
  static final int MARK_SIZE = 16;

  /** About one thing. */
  sealed interface Body {}

  /**
   * The instance is there.
   *
   * @param asks for the same of all others
   * @param draining wants nothing any more
   */
  record Here(boolean asks, boolean draining, HostSalt salt) implements Body {}

  /** The instance goes, and its clients leave it. */
  record Gone() implements Body {}

  /** Nobody at the instance suits a wish of a client of its. */
  record Wanted(
      long wish,
      NodeId consumer,
      NodeId egress,
      int count,
      int least,
      int most,
      NatMapping nat,
      Optional<Bytes> host,
      Origin from,
      List<NodeId> exclude)
      implements Body {
    Wanted {
      exclude = List.copyOf(exclude);
      check(0 < count && count <= Signal.MAX_COUNT, "a wish is for 1 to 16 peers");
      check(0 <= least && least <= most && most <= Endpoint.MAX_DISTANCE, "no such distance");
      check(exclude.size() <= MAX_EXCLUDED, "too many excluded peers");
      checkMark(host);
    }
  }

  /** The wish is over. */
  record Settled(long wish) implements Body {}

  /** The newest connection of that producer is with the instance. */
  record Speaks(NodeId producer) implements Body {}

  /** A consumer of the instance has met a volunteer, known by its {@link Client#mark}. */
  record Met(NodeId consumer, Optional<Origin.Prefix> site, long volunteer) implements Body {}

  /** Two could not connect. */
  record Failed(NodeId consumer, NodeId producer) implements Body {}

  /** The instance keeps a slot for that wish, under the number of the match that may come of it. */
  record Offer(
      long match,
      long wish,
      NodeId producer,
      SealKey seal,
      int distance,
      Optional<Bytes> host,
      Optional<Origin.Prefix> network)
      implements Body {
    Offer {
      check(0 <= distance && distance <= Endpoint.MAX_DISTANCE, "no such distance");
      checkMark(host);
    }
  }

  /** The two of that offer are a pair. */
  record Accept(long match) implements Body {}

  /** That offer is not taken; {@code unfit}: and that producer not for that wish. */
  record Release(long match, boolean unfit) implements Body {}

  /** For the other end of a match: a {@link Signal.Sealed} or a {@link Signal.HangUp}. */
  record Relay(Signal signal) implements Body {
    Relay {
      check(
          signal instanceof Signal.Sealed || signal instanceof Signal.HangUp, "not to be relayed");
    }

    long match() {
      return signal instanceof Signal.Sealed sealed
          ? sealed.match()
          : ((Signal.HangUp) signal).match();
    }
  }

  private static void checkMark(Optional<Bytes> host) {
    host.ifPresent(mark -> check(mark.size() == MARK_SIZE, "a host's mark has 16 bytes"));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
