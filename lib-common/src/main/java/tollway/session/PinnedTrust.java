// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/** Trusts the certificate of one egress identity and nothing else. */
final class PinnedTrust extends X509ExtendedTrustManager {
  private final NodeId pin;
  private volatile boolean mismatched;

  PinnedTrust(NodeId pin) {
    this.pin = pin;
  }

  /** Whether a certificate was refused because it is not the pinned egress's. */
  boolean mismatched() {
    return mismatched;
  }

  /** Whether a certificate, in DER, is the pinned egress's. */
  boolean accepts(Bytes certificate) {
    try {
      checkServerTrusted(new X509Certificate[] {EgressCertificate.parse(certificate)}, "ECDSA");
      return true;
    } catch (CertificateException notThePinned) {
      mismatched = true;
      return false;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    try {
      if (chain.length == 1 && EgressCertificate.identityOf(chain[0]).equals(pin)) {
        return;
      }
    } catch (MalformedBytesException notAnEgress) {
      mismatched = true;
      throw new CertificateException(notAnEgress);
    }
    mismatched = true;
    throw new CertificateException("not the pinned egress");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("clients have no certificate");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
