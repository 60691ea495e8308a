// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc7748.X25519;
import tollway.bytes.Bytes;

/**
 * Both X25519 keys of our end of a tunnel; fresh for each neighbour. The private one is never
 * printed.
 */
public final class TunnelKeys {
  private final Bytes privateKey;
  private final TunnelKey publicKey;

  private TunnelKeys(Bytes privateKey) {
    this.privateKey = privateKey;
    byte[] point = new byte[TunnelKey.SIZE];
    X25519.generatePublicKey(privateKey.toArray(), 0, point, 0);
    publicKey = new TunnelKey(Bytes.of(point));
  }

  public static TunnelKeys generate(SecureRandom random) {
    byte[] scalar = new byte[X25519.SCALAR_SIZE];
    X25519.generatePrivateKey(random, scalar); // Clamped as RFC 7748 §5 says.
    return new TunnelKeys(Bytes.of(scalar));
  }

  static TunnelKeys ofPrivate(Bytes privateKey) {
    if (privateKey.size() != X25519.SCALAR_SIZE) {
      throw new IllegalArgumentException("a private tunnel key has 32 bytes");
    }
    return new TunnelKeys(privateKey);
  }

  public TunnelKey publicKey() {
    return publicKey;
  }

  /** The secret, for the drivers only. */
  Bytes privateKey() {
    return privateKey;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TunnelKeys keys && privateKey.equals(keys.privateKey);
  }

  @Override
  public int hashCode() {
    return publicKey.hashCode();
  }

  @Override
  public String toString() {
    return "TunnelKeys(" + publicKey + ")";
  }
}
