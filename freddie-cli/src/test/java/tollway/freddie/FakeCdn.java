// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.handler.ssl.JdkSslContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;
import tollway.lab.TestCertificates;
import tollway.loop.BackgroundThread;
import tollway.tls.ServerTls;

/**
 * A CDN on loopback. It ends TLS with the certificate of one front, hangs up when TLS names a site
 * behind it, as a censor would, and passes requests on to the site that the Host field names.
 */
final class FakeCdn implements AutoCloseable {
  private static final int HEAD_LIMIT = 16 << 10;

  private final ServerSocket listener;
  private final Map<String, InetSocketAddress> sites;
  private final List<String> visits = new CopyOnWriteArrayList<>();

  /** {@code sites} by their Host field. */
  FakeCdn(TestCertificates.Certified front, Map<String, InetSocketAddress> sites) throws Exception {
    this.sites = Map.copyOf(sites);
    listener =
        ((JdkSslContext) ServerTls.of(front.certificate(), front.key()).context())
            .context()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BackgroundThread.start(
        "fake-cdn",
        () -> {
          while (true) {
            Socket visitor = listener.accept();
            BackgroundThread.start("fake-cdn-visitor", () -> serve((SSLSocket) visitor));
          }
        });
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The name in TLS and the Host field of each request. */
  List<String> visits() {
    return visits;
  }

  private void serve(SSLSocket visitor) throws IOException {
    try (visitor) {
      visitor.startHandshake();
      String named = named(visitor);
      if (sites.containsKey(named)) {
        return;
      }
      String head = head(visitor.getInputStream());
      String host = head.replaceFirst("(?is).*\r\nhost: *([^\r]*).*", "$1");
      visits.add(named + " " + host);
      InetSocketAddress site = sites.get(host);
      if (site == null) {
        visitor
            .getOutputStream()
            .write(
                "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        return;
      }
      try (Socket origin = new Socket(site.getAddress(), site.getPort())) {
        origin.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        BackgroundThread.start(
            "fake-cdn-down",
            () -> {
              try (visitor) {
                origin.getInputStream().transferTo(visitor.getOutputStream());
              }
            });
        visitor.getInputStream().transferTo(origin.getOutputStream());
      }
    }
  }

  private static String named(SSLSocket visitor) {
    List<SNIServerName> names =
        ((ExtendedSSLSession) visitor.getSession()).getRequestedServerNames();
    return names.isEmpty() ? "" : new String(names.get(0).getEncoded(), StandardCharsets.US_ASCII);
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0 || read.size() > HEAD_LIMIT) {
        throw new IOException("no request");
      }
      read.write(octet);
      head = octet == '\n' ? read.toString(StandardCharsets.ISO_8859_1) : "";
    }
    return head;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
