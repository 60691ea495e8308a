// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;

/**
 * What a client says in one request, where a WebSocket does not get through. Signals are numbered
 * from 1 in each direction, so that what is said twice is heard once.
 *
 * @param session as freddie told; empty: begin one
 * @param first the number of the first of {@code signals}
 * @param heard the last of freddie's signals that came; those after it are said again
 * @param patience how long the answer may be held when there is nothing to say, in seconds
 * @param leave the client goes: its session ends
 * @param signals not decoded
 */
public record Poll(
    Optional<Bytes> session,
    long first,
    long heard,
    int patience,
    boolean leave,
    List<Bytes> signals) {
  /** What begins a session. */
  public static final Poll BEGIN = new Poll(Optional.empty(), 0, 0, 0, false, List.of());

  /** Below whatever path the freddie's address has. */
  public static final String PATH = "/v2/poll";

  public static final int SESSION_SIZE = 16;

  /** The longest request and the longest answer, in bytes. */
  public static final int SIZE_LIMIT = 32 << 10;

  /** Signals in one of them. */
  public static final int MOST_SIGNALS = 64;

  /** What goes around all signals, and around each, at most, in bytes. */
  private static final int FRAME = 64;

  private static final int SIGNAL_FRAME = 4;

  /** The highest number: what JavaScript can count to. */
  static final long MOST = (1L << 53) - 1;

  public Poll {
    if (session.isPresent() && session.get().size() != SESSION_SIZE) {
      throw new IllegalArgumentException("a session's name has " + SESSION_SIZE + " bytes");
    }
    if (session.isEmpty() && (leave || !signals.isEmpty())) {
      throw new IllegalArgumentException("nothing is said before there is a session");
    }
    check(first, heard, signals);
    if (patience < 0) {
      throw new IllegalArgumentException("nobody waits for less than no time");
    }
    signals = List.copyOf(signals);
  }

  /** How many of {@code signals}, from the first on, fit into one request or answer. */
  public static int fitting(Iterable<Bytes> signals) {
    int count = 0;
    int size = FRAME;
    for (Bytes signal : signals) {
      size += SIGNAL_FRAME + signal.size();
      if (count == MOST_SIGNALS || size > SIZE_LIMIT) {
        break;
      }
      count++;
    }
    return count;
  }

  static void check(long first, long heard, List<Bytes> signals) {
    if (first < 0 || heard < 0 || first > MOST || heard > MOST) {
      throw new IllegalArgumentException("no number of a signal");
    }
    if (signals.size() > MOST_SIGNALS) {
      throw new IllegalArgumentException("more than " + MOST_SIGNALS + " signals at once");
    }
    if (first == 0 && !signals.isEmpty()) {
      throw new IllegalArgumentException("signals are numbered from 1");
    }
  }
}
