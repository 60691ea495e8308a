// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

/** How packets of one neighbour queue up, best first. Which of them a kernel has is tried. */
public enum Leaf {
  /** Fair between flows, keeps delay low by itself. */
  CAKE("cake"),
  FQ_CODEL("fq_codel"),
  SFQ("sfq"),
  /** A plain queue of so many bytes. */
  BFIFO("bfifo"),
  /** A plain queue of so many packets. */
  PFIFO("pfifo");

  private static final int FRAME = 1514;
  private static final int DELAY_MILLIS = 50;

  /** Less, and a TCP flow cannot grow into what others leave. */
  private static final int BORROWING_MILLIS = 20;

  private static final int MIN_FRAMES = 10;
  private static final int MAX_BYTES = 4 << 20;

  private final String kind;

  Leaf(String kind) {
    this.kind = kind;
  }

  public String kind() {
    return kind;
  }

  /** The kind and its settings for a class of {@code rate} that may borrow up to {@code ceil}. */
  String settings(Rate rate, Rate ceil) {
    long wanted = Math.max(rate.bytesIn(DELAY_MILLIS), ceil.bytesIn(BORROWING_MILLIS));
    long bytes = Math.max(MIN_FRAMES * FRAME, Math.min(MAX_BYTES, wanted));
    return switch (this) {
      case CAKE -> "cake unlimited besteffort";
      // The target must allow for one packet on its way.
      case FQ_CODEL -> "fq_codel target " + Math.max(5, 12 * 1500 / rate.kbit()) + "ms";
      case SFQ -> "sfq perturb 10";
      case BFIFO -> "bfifo limit " + bytes;
      case PFIFO -> "pfifo limit " + bytes / FRAME;
    };
  }
}
