// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerCertificate;

/** The side that speaks first: {@code a=setup:active}. */
final class DtlsClient extends DefaultTlsClient {
  private final DtlsCredentials credentials;
  private final Hello hello;
  private boolean serverIsKnown;

  DtlsClient(DtlsCredentials credentials, Hello hello) {
    super(credentials.crypto());
    this.credentials = credentials;
    this.hello = hello;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return hello.suites();
  }

  @Override
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
    return hello.signatureSchemes();
  }

  @Override
  @SuppressWarnings("rawtypes") // Older than type parameters.
  protected Vector<Integer> getSupportedGroups(Vector roles) {
    return hello.groups();
  }

  @Override
  @SuppressWarnings("unchecked")
  public Hashtable<Integer, byte[]> getClientExtensions() throws IOException {
    return hello.extensions(super.getClientExtensions());
  }

  @Override
  public int getHandshakeTimeoutMillis() {
    return credentials.timeoutMillis();
  }

  @Override
  public int getHandshakeResendTimeMillis() {
    return DtlsCredentials.RESEND_MILLIS;
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
        credentials.check(server.getCertificate());
        serverIsKnown = true;
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
        return credentials.signer(context);
      }
    };
  }

  /** Whatever the hello named: there is no peer without a certificate. */
  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    if (!serverIsKnown) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, DtlsCredentials.STRANGER);
    }
  }
}
