// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** One direction of a match: AES-128-GCM with a key of its own, and each number once at most. */
final class WordCipher {
  static final int TAG_SIZE = 16;

  private static final int KEY_SIZE = 16;
  private static final int NONCE_SIZE = 12;

  private final KeyParameter key;
  private final byte[] base;
  private int next;

  /** Key and nonce are what {@code context} exports for {@code speaker}: RFC 9180 §5.3. */
  WordCipher(HPKEContext context, Bytes speaker) {
    byte[] exported = context.export(speaker.toArray(), KEY_SIZE + NONCE_SIZE);
    key = new KeyParameter(exported, 0, KEY_SIZE);
    base = Bytes.of(exported).slice(KEY_SIZE, KEY_SIZE + NONCE_SIZE).toArray();
  }

  /** The number of the next to be sealed; the least that may still be opened. */
  int next() {
    return next;
  }

  /** Under {@link #next}, which it takes. */
  Bytes seal(Bytes plain) {
    try {
      return run(true, next++, plain);
    } catch (InvalidCipherTextException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** What is not newer than the last, was changed or is somebody else's is refused. */
  Bytes open(int number, Bytes text) throws MalformedBytesException {
    if (number < next) {
      throw new MalformedBytesException("said before");
    }
    try {
      Bytes plain = run(false, number, text);
      next = number + 1;
      return plain;
    } catch (InvalidCipherTextException forged) {
      throw new MalformedBytesException("not sealed by the other end", forged);
    }
  }

  private Bytes run(boolean sealing, int number, Bytes input) throws InvalidCipherTextException {
    byte[] nonce = base.clone(); // RFC 9180 §5.2: the number, exclusive-or.
    for (int i = 0; i < Integer.BYTES; i++) {
      nonce[NONCE_SIZE - 1 - i] ^= (byte) (number >>> (8 * i));
    }
    GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());
    cipher.init(sealing, new AEADParameters(key, 8 * TAG_SIZE, nonce));
    byte[] output = new byte[cipher.getOutputSize(input.size())];
    int done = cipher.processBytes(input.toArray(), 0, input.size(), output, 0);
    cipher.doFinal(output, done);
    return Bytes.of(output);
  }
}
