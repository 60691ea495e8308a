// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What came of asking a STUN server several times.
 *
 * @param why in a few words, when the verdict is not {@link Verdict#GOOD}
 * @param said what it says when it answers
 */
public record Examination(
    InetSocketAddress server, Verdict verdict, String why, Rounds rounds, Optional<Said> said) {

  /**
   * How often it was asked and answered, and how fast.
   *
   * @param fastest zero without an answer, as is {@code median}
   */
  public record Rounds(int asked, int answered, Duration fastest, Duration median) {}

  /** Whether it helps to find out what a NAT does. */
  public enum Discovery {
    /** Names no other address of its own. */
    NO,
    /** Names one; whether it answers from there could not be seen from behind this filter. */
    CLAIMED,
    /** Answered from there when asked to. */
    PROVED;

    /** As people and JSON name it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The gist of its answers.
   *
   * @param mapped our address as it sees it
   * @param local our address as we see it, on the way to it
   * @param confirmed whether {@code mapped} is known to be right, rather than not known to be wrong
   * @param fingerprint whether it returns the FINGERPRINT of a request
   * @param software its program, made fit for a terminal; empty when it does not say
   */
  public record Said(
      InetSocketAddress mapped,
      InetSocketAddress local,
      boolean confirmed,
      boolean fingerprint,
      String software,
      Discovery discovery) {

    Said confirmedNow() {
      return new Said(mapped, local, true, fingerprint, software, discovery);
    }
  }

  /** Asked nothing. */
  public static Examination failed(InetSocketAddress server, Verdict verdict, String why) {
    return new Examination(
        server, verdict, why, new Rounds(0, 0, Duration.ZERO, Duration.ZERO), Optional.empty());
  }

  public boolean isGood() {
    return verdict == Verdict.GOOD;
  }

  Examination judged(Verdict judged, String because) {
    return new Examination(server, judged, because, rounds, said);
  }

  Examination confirmed() {
    return new Examination(server, verdict, why, rounds, said.map(Said::confirmedNow));
  }
}
