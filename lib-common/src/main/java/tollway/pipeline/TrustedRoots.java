// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.tls.ServerTls;

/**
 * Who may vouch for a server that we connect to by TLS: what the system trusts, and what a person
 * adds. Host names are always checked.
 */
public record TrustedRoots(List<X509Certificate> added) {
  public static final TrustedRoots SYSTEM = new TrustedRoots(List.of());

  public TrustedRoots {
    added = List.copyOf(added);
  }

  /** The certificates in {@code pem} besides the system's. */
  public static TrustedRoots with(String pem) throws MalformedBytesException {
    return new TrustedRoots(ServerTls.certificates(pem));
  }

  SslContext client() throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
    return added.isEmpty()
        ? builder.build()
        : builder
            .trustManager(
                Stream.concat(system().stream(), added.stream()).toArray(X509Certificate[]::new))
            .build();
  }

  private static List<X509Certificate> system() throws SSLException {
    List<X509Certificate> found = new ArrayList<>();
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      @Nullable KeyStore systems = null;
      factory.init(systems);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          found.addAll(List.of(x509.getAcceptedIssuers()));
        }
      }
    } catch (GeneralSecurityException unreadable) {
      throw new SSLException("cannot read what the system trusts", unreadable);
    }
    return found;
  }
}
