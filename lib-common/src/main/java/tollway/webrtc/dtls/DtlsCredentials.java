// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import tollway.bytes.Bytes;

/** What both roles of a handshake share: who we are, whom we expect, and which ciphers we speak. */
final class DtlsCredentials {
  static final String STRANGER = "the peer's certificate is not the one expected";

  /** RFC 8827 §6.5 names the first; all are AES-GCM, which the JDK computes in hardware. */
  private static final int[] SUITES = {
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
  };

  /** First resend; later ones back off. RFC 6347 §4.2.4.1 has 1 s, WebRTC stacks far less. */
  static final int RESEND_MILLIS = 100;

  private final JcaTlsCrypto crypto;
  private final DtlsCertificate own;
  private final PeerCheck expected;
  private final int timeoutMillis;

  DtlsCredentials(JcaTlsCrypto crypto, DtlsCertificate own, PeerCheck expected, int timeoutMillis) {
    this.crypto = crypto;
    this.own = own;
    this.expected = expected;
    this.timeoutMillis = timeoutMillis;
  }

  JcaTlsCrypto crypto() {
    return crypto;
  }

  int timeoutMillis() {
    return timeoutMillis;
  }

  static int[] suites() {
    return SUITES.clone();
  }

  static SignatureAndHashAlgorithm signatureScheme() {
    return SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa);
  }

  @SuppressWarnings("JdkObsolete") // Bouncy Castle asks for it.
  static Vector<SignatureAndHashAlgorithm> signatureSchemes() {
    Vector<SignatureAndHashAlgorithm> schemes = new Vector<>();
    schemes.add(signatureScheme());
    return schemes;
  }

  TlsCredentialedSigner signer(TlsContext context) throws IOException {
    TlsCertificate certificate = crypto.createCertificate(own.encoded().toArray());
    return new JcaDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context),
        crypto,
        own.key(),
        new Certificate(new TlsCertificate[] {certificate}),
        signatureScheme());
  }

  void check(Certificate presented) throws IOException {
    if (presented == null || presented.isEmpty()) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, STRANGER);
    }
    if (!expected.accepts(Bytes.of(presented.getCertificateAt(0).getEncoded()))) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, STRANGER);
    }
  }
}
