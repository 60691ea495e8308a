// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Arrays;
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

  /** The first words of {@code scrooge2} datagrams. */
  public static final List<String> BOUND_TYPES =
      Arrays.stream(MessageType.values())
          .filter(MessageType::isBound)
          .map(MessageType::label)
          .toList();

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

  /** The {@code scrooge2} datagram that says {@code message} to whom {@code binding} names. */
  public static Bytes sign(LinkMessage message, Binding binding, Identity identity) {
    if (!message.sender().equals(identity.nodeId())) {
      throw new IllegalArgumentException("the sender is not the one who signs");
    }
    return sign(Draft.of(message).with(binding).fields(), identity, SigningRule.SPACED);
  }

  /** All the cheap checks. Link-local addresses keep the zone that the sender wrote. */
  public static Unverified parse(Bytes datagram) throws MalformedMessageException {
    MessageText text = MessageText.cut(datagram);
    Draft draft = Draft.of(text.signed());
    return unverified(text, draft, draft.endpoint());
  }

  /**
   * The same for a {@code scrooge} datagram that arrived on {@code interfaceName}, which becomes
   * the zone.
   */
  public static Unverified parse(Bytes datagram, String interfaceName)
      throws MalformedMessageException {
    return parse(datagram, interfaceName, false);
  }

  /** The same for a {@code scrooge2} datagram. */
  public static Unverified parseBound(Bytes datagram, String interfaceName)
      throws MalformedMessageException {
    return parse(datagram, interfaceName, true);
  }

  private static Unverified parse(Bytes datagram, String interfaceName, boolean bound)
      throws MalformedMessageException {
    MessageText text = MessageText.cut(datagram);
    if (MessageText.type(text.signed()).isBound() != bound) {
      throw new MalformedMessageException(Fault.BAD_TYPE, "it is said on another port");
    }
    Draft draft = Draft.of(text.signed());
    return unverified(text, draft, draft.endpoint().inZone(interfaceName));
  }

  private static Unverified unverified(MessageText text, Draft draft, Endpoint seen)
      throws MalformedMessageException {
    return new Unverified(text, draft, seen, text.signatureBytes());
  }
}
