// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A private authority, and the certificates that it gives to 127.0.0.1. */
public final class TestCertificates {
  private static final X500Name AUTHORITY = new X500Name("CN=a private authority");

  private final KeyPair authority;
  private final String authorityPem;

  /** A certificate and its key, both as PEM. */
  public record Certified(String certificate, String key) {}

  public TestCertificates() throws Exception {
    authority = pair("EC");
    authorityPem = pem(certificate(AUTHORITY, authority, Duration.ofDays(1), true));
  }

  /** As PEM. */
  public String authority() {
    return authorityPem;
  }

  /** A new one; {@code algorithm} is EC or RSA. */
  public Certified certify(String name, String algorithm, Duration validity) throws Exception {
    KeyPair keys = pair(algorithm);
    X500Name subject = new X500Name("CN=" + name);
    return new Certified(
        pem(certificate(subject, keys, validity, false)),
        pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
  }

  /** One for a day, for a host of this name instead. */
  public Certified certifyHost(String host) throws Exception {
    KeyPair keys = pair("EC");
    return new Certified(
        pem(
            certificate(
                new X500Name("CN=" + host),
                keys,
                Duration.ofDays(1),
                false,
                new GeneralName(GeneralName.dNSName, host))),
        pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
  }

  private X509CertificateHolder certificate(
      X500Name subject, KeyPair keys, Duration validity, boolean isAuthority) throws Exception {
    return certificate(
        subject, keys, validity, isAuthority, new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
  }

  private X509CertificateHolder certificate(
      X500Name subject,
      KeyPair keys,
      Duration validity,
      boolean isAuthority,
      GeneralName alternative)
      throws Exception {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
            AUTHORITY,
            new BigInteger(64, new SecureRandom()),
            Date.from(now.minus(Duration.ofDays(2))),
            Date.from(now.plus(validity)),
            subject,
            keys.getPublic())
        .addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority))
        .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternative))
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()));
  }

  private static KeyPair pair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    return generator.generateKeyPair();
  }

  private static String pem(Object object) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
