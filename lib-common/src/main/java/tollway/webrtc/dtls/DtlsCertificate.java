// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import tollway.bytes.Bytes;

/**
 * A self-made certificate for one connection. Its subject and life are those of a browser's, for it
 * travels in clear and should not tell us apart.
 */
public final class DtlsCertificate {
  private static final X500Name SUBJECT = new X500Name("CN=WebRTC");

  private final PrivateKey key;
  private final Bytes encoded;
  private final Fingerprint fingerprint;

  private DtlsCertificate(PrivateKey key, Bytes encoded) {
    this.key = key;
    this.encoded = encoded;
    this.fingerprint = Fingerprint.of(encoded);
  }

  /** A fresh P-256 key and its certificate: some milliseconds of work, more the first time. */
  public static DtlsCertificate generate(SecureRandom random, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      ContentSigner signer =
          new JcaContentSignerBuilder("SHA256withECDSA")
              .setSecureRandom(random)
              .build(pair.getPrivate());
      byte[] encoded =
          new X509v3CertificateBuilder(
                  SUBJECT,
                  new BigInteger(64, random).setBit(0),
                  Date.from(now.minus(Duration.ofDays(1))),
                  Date.from(now.plus(Duration.ofDays(30))),
                  SUBJECT,
                  SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
              .build(signer)
              .getEncoded();
      return new DtlsCertificate(pair.getPrivate(), Bytes.of(encoded));
    } catch (GeneralSecurityException | OperatorCreationException | IOException everyJdkCan) {
      throw new IllegalStateException("making a P-256 certificate failed", everyJdkCan);
    }
  }

  /** One made elsewhere: an elliptic P-256 key and its certificate in DER. */
  public static DtlsCertificate of(PrivateKey key, Bytes encoded) {
    return new DtlsCertificate(key, encoded);
  }

  /** For our description. */
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  PrivateKey key() {
    return key;
  }

  Bytes encoded() {
    return encoded;
  }
}
