// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tollway.bytes.Bytes;

/**
 * A STUN message (RFC 8489 §5).
 *
 * @param method 12 bits; {@link #BINDING} is the only one that we speak
 * @param transactionId 12 bytes that an answer repeats
 * @param attributes in wire order; of several of one kind only the first counts
 * @param fingerprint whether the message carries a FINGERPRINT (RFC 8489 §14.7)
 */
public record StunMessage(
    int method,
    Kind kind,
    Bytes transactionId,
    List<StunAttribute> attributes,
    boolean fingerprint) {

  /** The class of RFC 8489 §5. */
  public enum Kind {
    REQUEST(0),
    INDICATION(1),
    SUCCESS(2),
    ERROR(3);

    /** C1 and C0 on the wire. */
    final int bits;

    Kind(int bits) {
      this.bits = bits;
    }
  }

  public static final int BINDING = 1;
  static final int TRANSACTION_ID_BYTES = 12;

  public StunMessage {
    if (method < 0 || method > 0xfff) {
      throw new IllegalArgumentException("a STUN method has 12 bits");
    }
    if (transactionId.size() != TRANSACTION_ID_BYTES) {
      throw new IllegalArgumentException("a transaction id has 12 bytes");
    }
    attributes = List.copyOf(attributes);
  }

  /** A Binding request with a FINGERPRINT. */
  public static StunMessage request(Bytes transactionId, StunAttribute... attributes) {
    return new StunMessage(BINDING, Kind.REQUEST, transactionId, List.of(attributes), true);
  }

  /** RFC 8489 §5: uniformly random, from a cryptographic source. */
  public static Bytes newTransactionId(Random random) {
    return Bytes.random(random, TRANSACTION_ID_BYTES);
  }

  /** The answer to this request; it has a FINGERPRINT when the request has one. */
  public StunMessage success(StunAttribute... answer) {
    return new StunMessage(method, Kind.SUCCESS, transactionId, List.of(answer), fingerprint);
  }

  /** The refusal of this request; it has a FINGERPRINT when the request has one. */
  public StunMessage error(int code, StunAttribute... more) {
    List<StunAttribute> answer = new ArrayList<>();
    // RFC 8489 §14.8 leaves the phrase open; none keeps the answer as small as the request.
    answer.add(new StunAttribute.ErrorCode(code, ""));
    answer.addAll(List.of(more));
    return new StunMessage(method, Kind.ERROR, transactionId, answer, fingerprint);
  }

  public boolean isBinding(Kind wanted) {
    return method == BINDING && kind == wanted;
  }

  /** The first attribute of this kind. */
  public <A extends StunAttribute> Optional<A> first(Class<A> type) {
    for (StunAttribute attribute : attributes) {
      if (type.isInstance(attribute)) {
        return Optional.of(type.cast(attribute));
      }
    }
    return Optional.empty();
  }

  /**
   * Types that we would have to understand and do not (RFC 8489 §6.3.1): at most 8 of them. One is
   * CHANGE-REQUEST, for all who have no second address to answer from (RFC 5780 §6.1).
   */
  public List<Integer> unknownRequired() {
    return attributes.stream()
        .flatMap(attribute -> requiredType(attribute).stream())
        .distinct()
        .limit(8)
        .toList();
  }

  private static Optional<Integer> requiredType(StunAttribute attribute) {
    if (attribute instanceof StunAttribute.ChangeRequest) {
      return Optional.of(StunAttribute.ChangeRequest.TYPE);
    }
    return attribute instanceof StunAttribute.Other other && other.isRequired()
        ? Optional.of(other.type())
        : Optional.empty();
  }
}
