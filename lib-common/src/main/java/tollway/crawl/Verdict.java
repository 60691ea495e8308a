// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.util.Locale;

/** What a STUN server is worth. */
public enum Verdict {
  /** Answers most questions, properly, with an address that is ours as far as can be known. */
  GOOD,
  /** Answered nothing. */
  SILENT,
  /** The system would not send to it. */
  UNREACHABLE,
  /** Something came from it, and none of it answers what was asked. */
  GARBAGE,
  /** Says that it will not serve us. */
  REFUSED,
  /** Answers without the address that the question was for. */
  NO_ADDRESS,
  /** Tells us an address that is not ours. */
  WRONG_ADDRESS,
  /** Answers too seldom, or now with one address and now with another. */
  UNSTEADY;

  /** As people and JSON name it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
