// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import org.bouncycastle.math.ec.rfc7748.X25519;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/**
 * The X25519 public key to which a producer's consumers seal what they say, and the producer's
 * signature, so that freddie cannot put a key of its own in its place.
 */
public record SealKey(Bytes key, Bytes signature) {
  public static final int SIZE = X25519.POINT_SIZE;

  private static final Bytes LABEL = Bytes.ofUtf8("tollway-seal-v2");

  public SealKey {
    if (key.size() != SIZE) {
      throw new IllegalArgumentException("an X25519 key has 32 bytes");
    }
    if (signature.size() != Identity.SIGNATURE_SIZE) {
      throw new IllegalArgumentException("a signature has 64 bytes");
    }
  }

  /** Signs {@code key}. */
  public static SealKey of(Bytes key, Identity identity) {
    return new SealKey(key, identity.sign(LABEL.plus(key)));
  }

  /** Whether it is a key, and {@code producer} has signed it. */
  public boolean isOf(NodeId producer) {
    // RFC 7748 §6.1: with a key of small order, everybody would know the shared secret.
    byte[] secret = new byte[SIZE];
    return X25519.calculateAgreement(new byte[SIZE], 0, key.toArray(), 0, secret, 0)
        && producer.verify(LABEL.plus(key), signature);
  }
}
