// SPDX-License-Identifier: Apache-2.0
package tollway.receipt;

import java.util.List;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/**
 * Claims and answers as datagrams: ASCII fields joined by one space, the last of them the signature
 * over all text before the space before it. Layout: type, signer, the other, number, start, end,
 * from bytes, for bytes; an answer goes on with agreed or differs, own from, own for.
 */
public final class ReceiptCodec {
  public static final String CLAIM = "scrooge2_usage";
  public static final String ANSWER = "scrooge2_usage_confirm";

  /** The longest datagram, in bytes. */
  public static final int SIZE_LIMIT = 512;

  private static final int CLAIM_FIELDS = 9;
  private static final int ANSWER_FIELDS = 12;
  private static final int NUMBER_DIGITS = 18;

  private ReceiptCodec() {}

  /** {@code issuer} must be the claim's. */
  public static String sign(Claim claim, Identity issuer) {
    return sign(CLAIM, claim.issuer(), claim.neighbor(), figures(claim), issuer);
  }

  /** {@code neighbor} must be the one the claim is about. */
  public static String sign(Answer answer, Identity neighbor) {
    Claim claim = answer.claim();
    String text =
        "%s %s %d %d"
            .formatted(
                figures(claim),
                answer.agreed() ? "agreed" : "differs",
                answer.ownFrom(),
                answer.ownFor());
    return sign(ANSWER, claim.neighbor(), claim.issuer(), text, neighbor);
  }

  private static String figures(Claim claim) {
    return "%d %d %d %d %d"
        .formatted(claim.number(), claim.start(), claim.end(), claim.fromBytes(), claim.forBytes());
  }

  private static String sign(
      String type, NodeId signer, NodeId other, String rest, Identity identity) {
    if (!signer.equals(identity.nodeId())) {
      throw new IllegalArgumentException("the signer is another");
    }
    String text = type + " " + signer + " " + other + " " + rest;
    return text + " " + identity.sign(Bytes.ofUtf8(text)).base64();
  }

  /** Who seems to have signed it, unverified: good for looking up. */
  public static String claimedSigner(Bytes datagram) throws MalformedBytesException {
    return fields(datagram).get(1);
  }

  /** The claim, once its signature is verified. */
  public static Claim claim(Bytes datagram) throws MalformedBytesException {
    List<String> fields = fields(datagram);
    check(fields, CLAIM, CLAIM_FIELDS);
    Claim claim = claim(fields, 1, 2);
    verify(fields, claim.issuer());
    return claim;
  }

  /** The answer, once its signature is verified; that of the claim in it is not looked at. */
  public static Answer answer(Bytes datagram) throws MalformedBytesException {
    List<String> fields = fields(datagram);
    check(fields, ANSWER, ANSWER_FIELDS);
    Claim claim = claim(fields, 2, 1);
    boolean agreed =
        switch (fields.get(8)) {
          case "agreed" -> true;
          case "differs" -> false;
          default -> throw new MalformedBytesException("neither agreed nor differs");
        };
    Answer answer = new Answer(claim, agreed, number(fields.get(9)), number(fields.get(10)));
    verify(fields, claim.neighbor());
    return answer;
  }

  private static List<String> fields(Bytes datagram) throws MalformedBytesException {
    if (datagram.size() == 0 || datagram.size() > SIZE_LIMIT) {
      throw new MalformedBytesException("not 1 to " + SIZE_LIMIT + " bytes");
    }
    for (int i = 0; i < datagram.size(); i++) {
      if (datagram.at(i) < ' ' || datagram.at(i) > '~') {
        throw new MalformedBytesException("not ASCII text");
      }
    }
    List<String> fields = List.of(datagram.utf8().split(" ", -1));
    if (fields.size() != CLAIM_FIELDS && fields.size() != ANSWER_FIELDS) {
      throw new MalformedBytesException(fields.size() + " fields");
    }
    return fields;
  }

  private static void check(List<String> fields, String type, int wanted)
      throws MalformedBytesException {
    if (!fields.get(0).equals(type) || fields.size() != wanted) {
      throw new MalformedBytesException("not a " + type);
    }
  }

  private static Claim claim(List<String> fields, int issuer, int neighbor)
      throws MalformedBytesException {
    NodeId from = NodeId.parse(fields.get(issuer));
    NodeId about = NodeId.parse(fields.get(neighbor));
    long[] figures = new long[5];
    for (int i = 0; i < figures.length; i++) {
      figures[i] = number(fields.get(3 + i));
    }
    try {
      return new Claim(from, about, figures[0], figures[1], figures[2], figures[3], figures[4]);
    } catch (IllegalArgumentException impossible) {
      throw new MalformedBytesException(String.valueOf(impossible.getMessage()));
    }
  }

  /** Decimal, in its one form. */
  private static long number(String text) throws MalformedBytesException {
    boolean canonical =
        !text.isEmpty()
            && text.length() <= NUMBER_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9')
            && (text.length() == 1 || text.charAt(0) != '0');
    if (!canonical) {
      throw new MalformedBytesException("'" + text + "' is not a number");
    }
    return Long.parseLong(text);
  }

  private static void verify(List<String> fields, NodeId signer) throws MalformedBytesException {
    int last = fields.size() - 1;
    Bytes signature = Bytes.ofBase64(fields.get(last));
    if (!signer.verify(Bytes.ofUtf8(String.join(" ", fields.subList(0, last))), signature)) {
      throw new MalformedBytesException("the signature is not the signer's");
    }
  }
}
