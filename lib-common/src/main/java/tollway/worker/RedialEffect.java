// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;

/** What a connection that is kept wants done. */
public sealed interface RedialEffect {
  /** Begin an attempt, whose end is told unless it is dropped. */
  record Dial(int attempt, int address) implements RedialEffect {}

  /** Close the attempt or connection, of which nothing more is told. */
  record Drop(int attempt) implements RedialEffect {}

  /** Ring once, with this number, between these two: those who lost the same server spread out. */
  record Wake(int number, Duration least, Duration most) implements RedialEffect {}

  /** Those without more to say. */
  enum Act implements RedialEffect {
    CANCEL_WAKE
  }
}
