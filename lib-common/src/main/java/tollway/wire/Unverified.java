// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Optional;
import java.util.Set;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/**
 * A well-formed datagram that may be anybody's. It tells just enough to drop what is stale before
 * any signature is checked; the message comes out of {@link #verify()}.
 */
public final class Unverified {
  private final MessageText text;
  private final Draft draft;
  private final Endpoint seenEndpoint;
  private final Bytes signature;

  Unverified(MessageText text, Draft draft, Endpoint seenEndpoint, Bytes signature) {
    this.text = text;
    this.draft = draft;
    this.seenEndpoint = seenEndpoint;
    this.signature = signature;
  }

  /** Who it claims to be from: good for looking up, not for storing. */
  public NodeId claimedSender() {
    return draft.sender();
  }

  /** The sequence number it claims, unsigned. */
  public long claimedSeqno() {
    return draft.seqno();
  }

  /** For whom it claims to be and with which nonces; {@code scrooge2} messages only. */
  public Optional<Binding> claimedBinding() {
    return draft.binding();
  }

  /** Whether it is about a tunnel. */
  public boolean isTunnel() {
    return !draft.type().isHello();
  }

  public LinkMessage verify() throws MalformedMessageException {
    return verify(SigningRule.DEFAULT);
  }

  /** From somebody new: checks the signature and then the whole key. */
  public LinkMessage verify(Set<SigningRule> accepted) throws MalformedMessageException {
    checkSignature(accepted);
    try {
      return draft.message(NodeId.of(draft.sender().key()), seenEndpoint);
    } catch (MalformedBytesException unfit) {
      throw new MalformedMessageException(Fault.BAD_KEY, String.valueOf(unfit.getMessage()));
    }
  }

  /** From {@code known}, whose key was checked before: checks the signature alone. */
  public LinkMessage verifyKnown(NodeId known, Set<SigningRule> accepted)
      throws MalformedMessageException {
    if (!known.equals(draft.sender())) {
      throw new IllegalArgumentException("not the claimed sender");
    }
    checkSignature(accepted);
    return draft.message(known, seenEndpoint);
  }

  private void checkSignature(Set<SigningRule> accepted) throws MalformedMessageException {
    for (SigningRule rule : SigningRule.values()) {
      if (accepted.contains(rule)
          && draft.sender().verify(rule.signedBytes(text.signed()), signature)) {
        return;
      }
    }
    throw new MalformedMessageException(
        Fault.BAD_SIGNATURE, "the signature is not the sender's over this message");
  }
}
