// SPDX-License-Identifier: Apache-2.0
package tollway.identity;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** Who somebody is: an Ed25519 public key in canonical encoding and of prime order. */
public record NodeId(Bytes key) implements Comparable<NodeId> {
  public static final int SIZE = 32;

  private static final int REMEMBERED = 4096;

  /**
   * Keys that were found acceptable lately, each at the place that its own bits say, where a newer
   * one displaces it: the check costs a tenth of a millisecond, and the same few come all the time.
   */
  private static final AtomicReferenceArray<NodeId> ACCEPTED =
      new AtomicReferenceArray<>(REMEMBERED);

  /** Trusts its argument's order: outside input goes through {@link #of}. */
  public NodeId {
    if (key.size() != SIZE) {
      throw new IllegalArgumentException("a node id has 32 bytes");
    }
  }

  /** Checks length, canonical encoding and order; zero and small-order keys are refused. */
  public static NodeId of(Bytes key) throws MalformedBytesException {
    if (key.size() != SIZE) {
      throw new MalformedBytesException("a public key has 32 bytes, not " + key.size());
    }
    int place = key.hashCode() & (REMEMBERED - 1);
    NodeId known = ACCEPTED.getOpaque(place);
    if (known != null && known.key.equals(key)) {
      return known;
    }
    // Full validation: on the curve, canonical (RFC 8032 §5.1.3), of prime order.
    if (!Ed25519.validatePublicKeyFull(key.toArray(), 0)) {
      throw new MalformedBytesException("not an acceptable Ed25519 public key");
    }
    NodeId accepted = new NodeId(key);
    ACCEPTED.setOpaque(place, accepted);
    return accepted;
  }

  /** From 44 characters of canonical base64. */
  public static NodeId parse(String base64) throws MalformedBytesException {
    return of(Bytes.ofBase64(base64));
  }

  /** Whether {@code signature} over {@code message} was made by this key. */
  public boolean verify(Bytes message, Bytes signature) {
    if (signature.size() != Identity.SIGNATURE_SIZE) {
      return false;
    }
    byte[] signed = message.toArray();
    return Ed25519.verify(signature.toArray(), 0, key.toArray(), 0, signed, 0, signed.length);
  }

  /** As unsigned bytes from the first on; peers must agree on who is the smaller. */
  @Override
  public int compareTo(NodeId other) {
    return Arrays.compareUnsigned(key.toArray(), other.key.toArray());
  }

  public String base64() {
    return key.base64();
  }

  /** The first eight base64 characters: enough to tell neighbours apart on a screen. */
  public String brief() {
    return key.base64().substring(0, 8);
  }

  @Override
  public String toString() {
    return base64();
  }
}
