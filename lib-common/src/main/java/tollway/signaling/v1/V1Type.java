// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

import java.util.Optional;

/** The steps of a handshake in their order; each answers the one before. */
public enum V1Type {
  /** A producer advertises itself. */
  GENESIS(0),
  /** A consumer takes that up. */
  OFFER(1),
  ANSWER(2),
  /** The consumer's candidates; nobody answers that. */
  ICE(3);

  private final int number;

  V1Type(int number) {
    this.number = number;
  }

  /** What may answer this; empty for the last. */
  public Optional<V1Type> next() {
    return switch (this) {
      case GENESIS -> Optional.of(OFFER);
      case OFFER -> Optional.of(ANSWER);
      case ANSWER -> Optional.of(ICE);
      case ICE -> Optional.empty();
    };
  }

  /** As it is on the wire. */
  public int number() {
    return number;
  }
}
