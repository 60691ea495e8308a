// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.wire.Inspection.Field;
import tollway.wire.Inspection.Objection;

/** Reads a message of any version as far as it goes. */
public final class Inspector {
  private Inspector() {}

  /** Looks at {@code datagram}; a signature under a rule not {@code accepted} is a fault. */
  public static Inspection inspect(Bytes datagram, Set<SigningRule> accepted) {
    MessageText text;
    MessageType type;
    try {
      text = MessageText.cut(datagram);
      type = MessageText.type(text.signed());
    } catch (MalformedMessageException unreadable) {
      Optional<Objection> fault = Optional.of(Objection.of(unreadable));
      return new Inspection("", List.of(), List.of(), Optional.empty(), fault, fault);
    }
    List<MessageVersion> versions = MessageVersion.candidates(type, text.signed());
    Optional<SigningRule> rule = matching(text);
    return new Inspection(
        type.label(),
        versions.stream().map(MessageVersion::label).toList(),
        versions.isEmpty() ? List.of() : fields(versions.get(0), type, text),
        rule,
        fault(versions, type, text, rule, accepted),
        wireFault(datagram, accepted));
  }

  private static List<Field> fields(MessageVersion version, MessageType type, MessageText text) {
    List<Field> fields = new ArrayList<>();
    List<String> names = version.names(type);
    for (int i = 0; i < names.size(); i++) {
      fields.add(new Field(names.get(i), text.signed().get(i + 1)));
    }
    fields.add(new Field("signature", text.signature()));
    return fields;
  }

  private static Optional<SigningRule> matching(MessageText text) {
    try {
      Bytes key = Bytes.ofBase64(text.signed().get(1));
      SenderKeys.check(key);
      NodeId sender = new NodeId(key);
      Bytes signature = text.signatureBytes();
      return Arrays.stream(SigningRule.values())
          .filter(rule -> sender.verify(rule.signedBytes(text.signed()), signature))
          .findFirst();
    } catch (MalformedBytesException | IndexOutOfBoundsException nothingToVerify) {
      return Optional.empty();
    }
  }

  private static Optional<Objection> fault(
      List<MessageVersion> versions,
      MessageType type,
      MessageText text,
      Optional<SigningRule> rule,
      Set<SigningRule> accepted) {
    try {
      if (versions.isEmpty()) {
        throw new MalformedMessageException(
            Fault.BAD_FIELD_COUNT,
            "no version of " + type.label() + " has " + (text.signed().size() + 1) + " fields");
      }
      List<String> names = versions.get(0).names(type);
      for (int i = 0; i < names.size(); i++) {
        checkField(names.get(i), text.signed().get(i + 1));
      }
      checkSignature(text, rule, accepted);
      return Optional.empty();
    } catch (MalformedMessageException unsound) {
      return Optional.of(Objection.of(unsound));
    }
  }

  /** Tunnel keys and endpoints were opaque text in every historical version. */
  private static void checkField(String name, String value) throws MalformedMessageException {
    switch (name) {
      case "publicKey", "sourcePublicKey" ->
          SenderKeys.check(MessageText.base64(value, "the public key"));
      case "destinationPublicKey" -> {
        // All zero in a hello to everybody, so not checked as a key.
        if (MessageText.base64(value, "the destination key").size() != NodeId.SIZE) {
          throw new MalformedMessageException(Fault.BAD_KEY, "a public key has 32 bytes");
        }
      }
      case "nonce", "destinationNonce" -> Draft.nonce(value);
      case "controlAddress" -> Endpoint.parse(value);
      case "seqnum" -> MessageText.seqno(value);
      default -> {}
    }
  }

  private static void checkSignature(
      MessageText text, Optional<SigningRule> rule, Set<SigningRule> accepted)
      throws MalformedMessageException {
    text.signatureBytes();
    if (rule.isEmpty()) {
      throw new MalformedMessageException(
          Fault.BAD_SIGNATURE, "the signature is not the sender's over this message");
    }
    if (!accepted.contains(rule.get())) {
      throw new MalformedMessageException(
          Fault.BAD_SIGNATURE,
          "the signature matches the rule '%s', which is not accepted"
              .formatted(rule.get().label()));
    }
    try {
      NodeId.parse(text.signed().get(1));
    } catch (MalformedBytesException unfit) {
      throw new MalformedMessageException(Fault.BAD_KEY, String.valueOf(unfit.getMessage()));
    }
  }

  private static Optional<Objection> wireFault(Bytes datagram, Set<SigningRule> accepted) {
    try {
      LinkCodec.parse(datagram).verify(accepted);
      return Optional.empty();
    } catch (MalformedMessageException refused) {
      return Optional.of(Objection.of(refused));
    }
  }
}
