// SPDX-License-Identifier: Apache-2.0
package tollway.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import tollway.bytes.MalformedBytesException;

/** The certificate of a TLS server and its key, ready for use; also reads certificates alone. */
public final class ServerTls {
  /** Which HTTP both sides speak is agreed upon with the keys: RFC 7301, RFC 9113 §3.2. */
  private static final ApplicationProtocolConfig WEB =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private final SslContext context;
  private final SslContext webContext;

  private ServerTls(SslContext context, SslContext webContext) {
    this.context = context;
    this.webContext = webContext;
  }

  /** For the handlers of connections. */
  public SslContext context() {
    return context;
  }

  /** For the handlers of connections that may come to speak HTTP/2. */
  public SslContext webContext() {
    return webContext;
  }

  /**
   * Both as PEM (RFC 7468): {@code chain} with the server's own certificate first, {@code key}
   * without a password (PKCS #8, PKCS #1 or SEC 1).
   */
  public static ServerTls of(String chain, String key) throws MalformedBytesException {
    List<X509Certificate> certificates = certificates(chain);
    PrivateKey secret = key(key);
    X509Certificate own = certificates.get(0);
    if (!belongTogether(own, secret)) {
      throw new MalformedBytesException("the key is not that of the certificate");
    }
    Instant end = own.getNotAfter().toInstant();
    if (end.isBefore(Instant.now())) {
      throw new MalformedBytesException("the certificate has expired: " + end);
    }
    try {
      return new ServerTls(
          SslContextBuilder.forServer(secret, certificates).build(),
          SslContextBuilder.forServer(secret, certificates).applicationProtocolConfig(WEB).build());
    } catch (javax.net.ssl.SSLException | IllegalArgumentException unfit) {
      throw new MalformedBytesException("TLS does not take it: " + unfit.getMessage());
    }
  }

  /** All certificates in {@code text}; at least one. */
  public static List<X509Certificate> certificates(String text) throws MalformedBytesException {
    List<X509Certificate> found = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof X509CertificateHolder holder) {
          found.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException wrong) {
      // The parser throws what its parts throw.
      throw new MalformedBytesException("a certificate cannot be read: " + wrong.getMessage());
    }
    if (found.isEmpty()) {
      throw new MalformedBytesException("there is no certificate (PEM) in it");
    }
    return found;
  }

  private static PrivateKey key(String text) throws MalformedBytesException {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (next instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (next instanceof PEMEncryptedKeyPair || next instanceof PKCS8EncryptedPrivateKeyInfo) {
          throw new MalformedBytesException("the key has a password: give one without");
        }
      }
    } catch (IOException | RuntimeException wrong) {
      // Not the cause's words: they might quote the key.
      throw new MalformedBytesException("the key cannot be read");
    }
    throw new MalformedBytesException("there is no private key (PEM) in it");
  }

  private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    byte[] challenge = new byte[32];
    new SecureRandom().nextBytes(challenge);
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC", "ECDSA" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(challenge);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(challenge);
      return signature.verify(signed);
    } catch (GeneralSecurityException otherKind) {
      return false;
    }
  }
}
