// SPDX-License-Identifier: Apache-2.0
package tollway.identity;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import tollway.bytes.Bytes;

/** A private Ed25519 key and the {@link NodeId} it answers to. Never printed. */
public final class Identity {
  public static final int SEED_SIZE = 32;
  public static final int SIGNATURE_SIZE = 64;

  private final byte[] seed;
  private final NodeId nodeId;

  private Identity(byte[] seed) {
    this.seed = seed;
    byte[] publicKey = new byte[NodeId.SIZE];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    nodeId = new NodeId(Bytes.of(publicKey));
  }

  public static Identity generate(SecureRandom random) {
    byte[] seed = new byte[SEED_SIZE];
    random.nextBytes(seed);
    return new Identity(seed);
  }

  /** From the 32-byte seed of RFC 8032 §5.1.5. */
  public static Identity ofSeed(Bytes seed) {
    if (seed.size() != SEED_SIZE) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes");
    }
    return new Identity(seed.toArray());
  }

  public NodeId nodeId() {
    return nodeId;
  }

  /** The secret itself, for key files only. */
  Bytes seed() {
    return Bytes.of(seed);
  }

  /** An Ed25519 signature (RFC 8032 §5.1.6), 64 bytes. */
  public Bytes sign(Bytes message) {
    byte[] signature = new byte[SIGNATURE_SIZE];
    byte[] signed = message.toArray();
    Ed25519.sign(seed, 0, signed, 0, signed.length, signature, 0);
    return Bytes.of(signature);
  }

  @Override
  public String toString() {
    return "Identity(" + nodeId.brief() + "…)";
  }
}
