// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.util.Optional;

/**
 * A signed claim about usage, and the answer to it, if there is one yet. {@code sent} and {@code
 * received} are all that had gone through tunnels with the other node when it was kept.
 */
public record Receipt(
    String issuer,
    String neighbor,
    long number,
    long start,
    long end,
    long fromBytes,
    long forBytes,
    String claim,
    Optional<String> answer,
    String verdict,
    long sent,
    long received) {
  public static final String UNANSWERED = "unanswered";

  /** The same with an answer. */
  public Receipt answered(String text, String verdict) {
    return new Receipt(
        issuer,
        neighbor,
        number,
        start,
        end,
        fromBytes,
        forBytes,
        claim,
        Optional.of(text),
        verdict,
        sent,
        received);
  }
}
