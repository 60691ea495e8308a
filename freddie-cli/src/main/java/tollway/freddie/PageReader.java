// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Opens a freddie's pages with the JDK's client: light, and it blocks. */
final class PageReader {
  private final List<X509Certificate> authorities;
  private final int patienceMillis;

  /** {@code authorities}: who alone may vouch for its certificate; empty for whom Java trusts. */
  PageReader(List<X509Certificate> authorities, int patienceMillis) {
    this.authorities = List.copyOf(authorities);
    this.patienceMillis = patienceMillis;
  }

  /** Not connected yet. */
  HttpURLConnection open(URL page) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) page.openConnection();
    connection.setConnectTimeout(patienceMillis);
    connection.setReadTimeout(patienceMillis);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    if (connection instanceof HttpsURLConnection secure && !authorities.isEmpty()) {
      secure.setSSLSocketFactory(trusting().getSocketFactory());
    }
    return connection;
  }

  private SSLContext trusting() throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate each : authorities) {
        store.setCertificateEntry("authority " + store.size(), each);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException noTls) {
      throw new IllegalStateException("this Java has no TLS", noTls);
    }
  }
}
