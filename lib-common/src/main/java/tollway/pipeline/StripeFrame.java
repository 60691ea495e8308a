// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/**
 * What a desktop and a volunteer say to each other over their first association about further ones;
 * never passed on. Layout: type 1, then the fields in the order of the record, texts to the end.
 */
sealed interface StripeFrame {
  /** The longest session description, in bytes of UTF-8. */
  int LONGEST_SDP = 8 << 10;

  /** From the desktop: it would like so many further associations. */
  record Wish(int most) implements StripeFrame {
    public Wish {
      check(most);
    }
  }

  /** From the volunteer: it takes part, with so many. */
  record Holds(int most) implements StripeFrame {
    public Holds {
      check(most);
    }
  }

  /** From the desktop: the offer of association {@code number}, with its candidates. */
  record Offer(int number, String sdp) implements StripeFrame {
    public Offer {
      check(number);
    }
  }

  /** From the volunteer: the answer to it. */
  record Answer(int number, String sdp) implements StripeFrame {
    public Answer {
      check(number);
    }
  }

  private static void check(int number) {
    if (number < 0 || number > 0xff) {
      throw new IllegalArgumentException("a number has one byte");
    }
  }
}
