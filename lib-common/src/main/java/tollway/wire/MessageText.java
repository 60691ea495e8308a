// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.ArrayList;
import java.util.List;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** A datagram cut at its spaces: the signed fields, type first, and the signature's text. */
record MessageText(List<String> signed, String signature) {
  /** No version of the protocol has more. */
  private static final int FIELD_LIMIT = 8;

  private static final int SIGNATURE_SIZE = 64;
  private static final int SEQNO_DIGITS = 20;
  private static final String MOST = "18446744073709551615";

  MessageText {
    signed = List.copyOf(signed);
  }

  static MessageText cut(Bytes datagram) throws MalformedMessageException {
    List<String> fields = fields(text(datagram));
    int last = fields.size() - 1;
    if (last == 0) {
      throw new MalformedMessageException(Fault.BAD_FIELD_COUNT, "there is nothing but a type");
    }
    return new MessageText(fields.subList(0, last), fields.get(last));
  }

  /** Printable ASCII within the size limit, less one trailing line feed. */
  static String text(Bytes datagram) throws MalformedMessageException {
    int size = datagram.size();
    if (size > LinkCodec.SIZE_LIMIT) {
      throw new MalformedMessageException(
          Fault.BAD_LENGTH, size + " bytes are more than " + LinkCodec.SIZE_LIMIT);
    }
    if (size > 0 && datagram.at(size - 1) == '\n') {
      size--; // The program of 2017 let it pass.
    }
    if (size == 0) {
      throw new MalformedMessageException(Fault.BAD_LENGTH, "there is no message");
    }
    StringBuilder text = new StringBuilder(size);
    for (int i = 0; i < size; i++) {
      int c = datagram.at(i);
      if (c < ' ' || c > '~') {
        throw new MalformedMessageException(Fault.NOT_ASCII, "byte " + i + " is not ASCII text");
      }
      text.append((char) c);
    }
    return text.toString();
  }

  /** One to {@link #FIELD_LIMIT} fields, none of them empty, the first a type. */
  static List<String> fields(String text) throws MalformedMessageException {
    List<String> fields = new ArrayList<>(FIELD_LIMIT);
    int from = 0;
    for (int space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', from)) {
      fields.add(text.substring(from, space));
      from = space + 1;
      if (fields.size() == 1 && MessageType.ofLabel(fields.get(0)).isEmpty()) {
        throw unknownType(fields.get(0));
      }
      if (fields.size() == FIELD_LIMIT) {
        throw new MalformedMessageException(Fault.BAD_FIELD_COUNT, "too many fields");
      }
    }
    fields.add(text.substring(from));
    if (MessageType.ofLabel(fields.get(0)).isEmpty()) {
      throw unknownType(fields.get(0));
    }
    if (fields.contains("")) {
      throw new MalformedMessageException(Fault.BAD_FIELD_COUNT, "a field is empty");
    }
    return fields;
  }

  private static MalformedMessageException unknownType(String type) {
    String shown = type.length() <= 32 ? type : type.substring(0, 32) + "…";
    return new MalformedMessageException(Fault.BAD_TYPE, "'" + shown + "' is no message type");
  }

  static MessageType type(List<String> signed) throws MalformedMessageException {
    return MessageType.ofLabel(signed.get(0)).orElseThrow(() -> unknownType(signed.get(0)));
  }

  Bytes signatureBytes() throws MalformedMessageException {
    Bytes bytes = base64(signature, "the signature");
    if (bytes.size() != SIGNATURE_SIZE) {
      throw new MalformedMessageException(
          Fault.BAD_SIGNATURE, "a signature has 64 bytes, not " + bytes.size());
    }
    return bytes;
  }

  static Bytes base64(String text, String what) throws MalformedMessageException {
    try {
      return Bytes.ofBase64(text);
    } catch (MalformedBytesException notBase64) {
      throw new MalformedMessageException(Fault.BAD_BASE64, what + " is " + notBase64.getMessage());
    }
  }

  /** An unsigned 64-bit decimal number in its one form. */
  static long seqno(String text) throws MalformedMessageException {
    int size = text.length();
    boolean canonical =
        size > 0
            && size <= SEQNO_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9')
            && (size == 1 || text.charAt(0) != '0')
            && (size < SEQNO_DIGITS || text.compareTo(MOST) <= 0);
    if (!canonical) {
      throw new MalformedMessageException(
          Fault.BAD_SEQNUM, "'" + text + "' is not a canonical number below 2^64");
    }
    return Long.parseUnsignedLong(text);
  }
}
