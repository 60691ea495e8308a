// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.List;
import tollway.bytes.Bytes;
import tollway.identity.Identity;

/**
 * Messages to datagrams and back. Layout: type, sender's public key, control address or tunnel key
 * and tunnel endpoint, sequence number, signature; ASCII fields joined by one space.
 */
public final class LinkCodec {
  /** The longest datagram that is looked at, in bytes. */
  public static final int SIZE_LIMIT = 512;

  private LinkCodec() {}

  /** The text of {@code message} without its signature. */
  public static String format(LinkMessage message) {
    return String.join(" ", Draft.of(message).fields());
  }

  /** The datagram that says {@code message}, whose sender must be {@code identity}. */
  public static Bytes sign(LinkMessage message, Identity identity) {
    return sign(message, identity, SigningRule.SPACED);
  }

  /** The same under another rule, for those who asked for it. */
  public static Bytes sign(LinkMessage message, Identity identity, SigningRule rule) {
    if (!message.sender().equals(identity.nodeId())) {
      throw new IllegalArgumentException("the sender is not the one who signs");
    }
    return sign(Draft.of(message).fields(), identity, rule);
  }

  /** The unsigned text of a message as it is signed, after all the checks that a receiver makes. */
  public static String checkUnsigned(String unsigned) throws MalformedMessageException {
    List<String> fields = MessageText.fields(MessageText.text(Bytes.ofUtf8(unsigned)));
    return String.join(" ", Draft.of(fields).fields());
  }

  /** Signs the unsigned text of a message, after the same checks. */
  public static Bytes sign(String unsigned, Identity identity, SigningRule rule)
      throws MalformedMessageException {
    List<String> fields = MessageText.fields(MessageText.text(Bytes.ofUtf8(unsigned)));
    if (!Draft.of(fields).sender().equals(identity.nodeId())) {
      throw new MalformedMessageException(
          Fault.BAD_KEY, "the message names another public key than the signing key's");
    }
    return sign(fields, identity, rule);
  }

  private static Bytes sign(List<String> fields, Identity identity, SigningRule rule) {
    Bytes signature = identity.sign(rule.signedBytes(fields));
    return Bytes.ofUtf8(String.join(" ", fields) + " " + signature.base64());
  }

  /** All the cheap checks. Link-local addresses keep the zone that the sender wrote. */
  public static Unverified parse(Bytes datagram) throws MalformedMessageException {
    MessageText text = MessageText.cut(datagram);
    Draft draft = Draft.of(text.signed());
    return new Unverified(text, draft, draft.endpoint(), text.signatureBytes());
  }

  /** The same for a datagram that arrived on {@code interfaceName}, which becomes the zone. */
  public static Unverified parse(Bytes datagram, String interfaceName)
      throws MalformedMessageException {
    MessageText text = MessageText.cut(datagram);
    Draft draft = Draft.of(text.signed());
    Endpoint seen = draft.endpoint().inZone(interfaceName);
    return new Unverified(text, draft, seen, text.signatureBytes());
  }
}
