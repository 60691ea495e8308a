// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/** What Bouncy Castle's handshake computes with: the JDK, and for records a cipher of our own. */
final class RecordCrypto extends JcaTlsCrypto {
  private @Nullable RecordCipher cipher;

  RecordCrypto(SecureRandom random) {
    super(new DefaultJcaJceHelper(), random, random);
  }

  @Override
  public TlsCipher createCipher(TlsCryptoParameters parameters, int algorithm, int mac)
      throws IOException {
    int keyBytes =
        switch (algorithm) {
          case EncryptionAlgorithm.AES_128_GCM -> 16;
          case EncryptionAlgorithm.AES_256_GCM -> 32;
          default -> throw new TlsFatalAlert(AlertDescription.internal_error);
        };
    byte[] keyBlock =
        TlsImplUtils.calculateKeyBlock(parameters, RecordCipher.keyBlockBytes(keyBytes));
    RecordCipher made = new RecordCipher(keyBlock, keyBytes, parameters.isServer());
    cipher = made;
    return made;
  }

  /** The cipher of the epoch that the handshake has led to. */
  RecordCipher cipher() {
    RecordCipher made = cipher;
    if (made == null) {
      throw new IllegalStateException("the handshake has agreed on no cipher");
    }
    return made;
  }
}
