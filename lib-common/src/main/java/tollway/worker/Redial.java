// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A connection that is kept with one of several addresses, which are known by their index here.
 *
 * @param first which address the next round begins with
 * @param untried what is left of this round, in order
 * @param trying attempts that go on, with their addresses
 * @param connected the attempt that has come to be a connection
 * @param attempts so far; each has its number
 * @param failures since a connection was sound
 * @param shut when those that want us to stay away may be tried again, in nanoseconds
 * @param alarm the number of the alarm that is set; 0 when none is
 * @param numbered alarms so far
 */
public record Redial(
    Stage stage,
    RedialPace pace,
    int addresses,
    int first,
    List<Integer> untried,
    Map<Integer, Integer> trying,
    Optional<Connected> connected,
    int attempts,
    int failures,
    Map<Integer, Long> shut,
    int alarm,
    int numbered) {
  /**
   * How it goes on.
   *
   * <pre>
   * NEW ──▶ TRYING: one after the other, the next already when one fails or takes long
   *          ▲  │ none takes us      │ one does: the others are dropped
   *          │  ▼                    ▼
   *        RESTING ◀──── lost ──── CONNECTED            close: from all of them to CLOSED
   * </pre>
   */
  public enum Stage {
    NEW,
    TRYING,
    CONNECTED,
    RESTING,
    CLOSED
  }

  /** By which attempt, to which address, since when in nanoseconds. */
  public record Connected(int attempt, int address, long since) {}

  public Redial {
    untried = List.copyOf(untried);
    trying = Map.copyOf(trying);
    shut = Map.copyOf(shut);
  }

  /** Not yet begun. */
  public static Redial of(RedialPace pace, int addresses) {
    return of(pace, addresses, 0);
  }

  /** Not yet begun; the first round begins with the address of index {@code first}. */
  public static Redial of(RedialPace pace, int addresses, int first) {
    return new Redial(
        Stage.NEW,
        pace,
        addresses,
        first,
        List.of(),
        Map.of(),
        Optional.empty(),
        0,
        0,
        Map.of(),
        0,
        0);
  }

  /** Whether {@code attempt} is the connection. */
  public boolean isConnectedBy(int attempt) {
    return connected.isPresent() && connected.get().attempt() == attempt;
  }
}
