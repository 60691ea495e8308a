// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;

/** The side that is spoken to: {@code a=setup:passive}. */
final class DtlsServer extends DefaultTlsServer {
  private final DtlsCredentials credentials;
  private boolean clientIsKnown;

  DtlsServer(DtlsCredentials credentials) {
    super(credentials.crypto());
    this.credentials = credentials;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return DtlsCredentials.suites();
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
  protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
    return credentials.signer(context);
  }

  /** Both sides show who they are (RFC 8827 §6.5). */
  @Override
  public CertificateRequest getCertificateRequest() {
    return new CertificateRequest(
        new short[] {ClientCertificateType.ecdsa_sign}, DtlsCredentials.signatureSchemes(), null);
  }

  @Override
  public void notifyClientCertificate(Certificate client) throws IOException {
    credentials.check(client);
    clientIsKnown = true;
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    if (!clientIsKnown) {
      throw new TlsFatalAlert(AlertDescription.bad_certificate, DtlsCredentials.STRANGER);
    }
  }
}
