// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

/** The private half of a {@link SealKey}: fresh for every process, never written anywhere. */
final class SealSecret {
  private final X25519PrivateKeyParameters secret;

  /** Made when it is needed: consumers never do. */
  private @Nullable AsymmetricCipherKeyPair pair;

  private SealSecret(X25519PrivateKeyParameters secret) {
    this.secret = secret;
  }

  static SealSecret generate(SecureRandom random) {
    return new SealSecret(new X25519PrivateKeyParameters(random));
  }

  /** From the 32 bytes of RFC 7748 §5. */
  static SealSecret of(Bytes secret) {
    return new SealSecret(new X25519PrivateKeyParameters(secret.toArray()));
  }

  SealKey publicKey(Identity identity) {
    return SealKey.of(Bytes.of(MatchSeal.hpke().serializePublicKey(pair().getPublic())), identity);
  }

  /** The recipient's context of RFC 9180 §5.1.1. */
  HPKEContext context(Bytes encapsulated, Bytes info) throws MalformedBytesException {
    try {
      return MatchSeal.hpke().setupBaseR(encapsulated.toArray(), pair(), info.toArray());
    } catch (IllegalArgumentException | IllegalStateException smallOrder) {
      throw new MalformedBytesException("no key of X25519", smallOrder);
    }
  }

  private AsymmetricCipherKeyPair pair() {
    AsymmetricCipherKeyPair made = pair;
    if (made == null) {
      made = new AsymmetricCipherKeyPair(secret.generatePublicKey(), secret);
      pair = made;
    }
    return made;
  }
}
