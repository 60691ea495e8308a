// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import tollway.bytes.ByteReader;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.webrtc.dtls.DtlsCertificate;

/**
 * The self-made certificate of an egress (P-256, RFC 5280) and the extension that binds it to the
 * egress's Ed25519 identity: node id 32, signature 64 over a label and the certificate's public
 * key.
 */
record EgressCertificate(PrivateKey key, X509Certificate certificate) {
  /** Under the arc for UUIDs (ITU-T X.667), which needs no registration. */
  private static final String EXTENSION = "2.25.214170963843907253183268410930170352163";

  private static final Bytes LABEL = Bytes.ofUtf8("tollway-cert-v1");

  static EgressCertificate make(Identity identity, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      byte[] spki = pair.getPublic().getEncoded();
      Bytes binding = identity.nodeId().key().plus(identity.sign(signed(spki)));
      X500Name name = new X500Name("CN=tollway");
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              name,
              new BigInteger(64, random),
              // The pin decides; a wrong clock at either end must not.
              Date.from(Instant.parse("2020-01-01T00:00:00Z")),
              Date.from(Instant.parse("2099-12-31T00:00:00Z")),
              name,
              SubjectPublicKeyInfo.getInstance(spki));
      builder.addExtension(
          new ASN1ObjectIdentifier(EXTENSION), false, new DEROctetString(binding.toArray()));
      byte[] der =
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded();
      return new EgressCertificate(pair.getPrivate(), parse(Bytes.of(der)));
    } catch (GeneralSecurityException | OperatorCreationException | IOException notOnThisJvm) {
      throw new IllegalStateException("cannot make a certificate", notOnThisJvm);
    }
  }

  static X509Certificate parse(Bytes der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  /** The same for DTLS. */
  DtlsCertificate forDtls() {
    try {
      return DtlsCertificate.of(key, Bytes.of(certificate.getEncoded()));
    } catch (CertificateEncodingException wasParsed) {
      throw new IllegalStateException(wasParsed);
    }
  }

  /** The identity that {@code certificate} proves to belong to. */
  static NodeId identityOf(X509Certificate certificate) throws MalformedBytesException {
    byte[] extension = certificate.getExtensionValue(EXTENSION);
    if (extension == null) {
      throw new MalformedBytesException("the certificate names no Tollway identity");
    }
    ByteReader reader = new ByteReader(unwrap(unwrap(Bytes.of(extension))));
    NodeId identity = NodeId.of(reader.bytes(NodeId.SIZE));
    Bytes signature = reader.bytes(Identity.SIGNATURE_SIZE);
    reader.end();
    if (!identity.verify(signed(certificate.getPublicKey().getEncoded()), signature)) {
      throw new MalformedBytesException("the certificate's identity did not sign its key");
    }
    return identity;
  }

  private static Bytes signed(byte[] spki) {
    return LABEL.plus(Bytes.of(spki));
  }

  private static Bytes unwrap(Bytes octetString) throws MalformedBytesException {
    try {
      return Bytes.of(ASN1OctetString.getInstance(octetString.toArray()).getOctets());
    } catch (IllegalArgumentException notAnOctetString) {
      throw new MalformedBytesException("the certificate's identity is not well-formed");
    }
  }
}
