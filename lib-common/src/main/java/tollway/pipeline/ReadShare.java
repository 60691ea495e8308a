// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** Who decides whether somebody may read on. On the loop of those who read. */
interface ReadShare {
  /** Everybody may. */
  ReadShare UNLIMITED = (reader, bytes) -> true;

  /** Counts what was read; false when {@code reader} has to wait until it is resumed, once. */
  boolean take(Reader reader, int bytes);

  /** Somebody who reads. */
  interface Reader {
    void resume();
  }
}
