// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;

/** The side that speaks first: {@code a=setup:active}. */
final class DtlsClient extends DefaultTlsClient {
  private final DtlsCredentials credentials;
  private final HelloStyle style;

  DtlsClient(DtlsCredentials credentials) {
    super(credentials.crypto());
    this.credentials = credentials;
    style = new HelloStyle(credentials.crypto().getSecureRandom());
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return style.suites();
  }

  @Override
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
    return style.signatureSchemes();
  }

  @Override
  @SuppressWarnings("rawtypes") // Older than type parameters.
  protected Vector<Integer> getSupportedGroups(Vector roles) {
    return style.groups();
  }

  @Override
  @SuppressWarnings("unchecked")
  public Hashtable<Integer, byte[]> getClientExtensions() throws IOException {
    return style.extensions(super.getClientExtensions());
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
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
        return credentials.signer(context);
      }
    };
  }
}
