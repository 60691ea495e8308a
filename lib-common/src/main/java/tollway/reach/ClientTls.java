// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards freddies and fronts, made when the first of them is dialled: it takes a tenth of a
 * second. Certificates have to be for the name that a route says. On one loop.
 */
public final class ClientTls {
  private final List<X509Certificate> roots;
  private @Nullable SslContext context;

  private ClientTls(List<X509Certificate> roots) {
    this.roots = List.copyOf(roots);
  }

  /** The system says who may vouch for certificates. */
  public static ClientTls system() {
    return new ClientTls(List.of());
  }

  /** Only these may vouch for certificates. */
  public static ClientTls trusting(List<X509Certificate> roots) {
    return new ClientTls(roots);
  }

  SslHandler handler(io.netty.buffer.ByteBufAllocator buffers, String name, int port) {
    SslContext made = context == null ? make() : context;
    context = made;
    return made.newHandler(buffers, name, port);
  }

  private SslContext make() {
    SslContextBuilder builder =
        SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
    try {
      return roots.isEmpty()
          ? builder.build()
          : builder.trustManager(roots.toArray(X509Certificate[]::new)).build();
    } catch (SSLException noTls) {
      throw new IllegalStateException("this Java has no TLS", noTls);
    }
  }
}
