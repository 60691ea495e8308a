// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import tollway.cli.UserErrorException;
import tollway.loop.TlsTrouble;
import tollway.reach.Route;

/** Asks a freddie for its metrics, with the JDK's client: light, and it blocks. */
final class MetricsReader {
  private static final int PATIENCE_MILLIS = 5_000;

  /** A freddie says less than this, in bytes. */
  private static final int LIMIT = 256 << 10;

  private final URL page;

  private final PageReader pages;

  private MetricsReader(URL page, List<X509Certificate> authorities) {
    this.page = page;
    pages = new PageReader(authorities, PATIENCE_MILLIS);
  }

  /**
   * Of the freddie at an http or https address.
   *
   * @throws UserErrorException when that is none
   */
  static MetricsReader of(String url) {
    return of(url, List.of());
  }

  /** The same; {@code authorities} as of {@link PageReader}. */
  static MetricsReader of(String url, List<X509Certificate> authorities) {
    if (!Route.shown(url).equals(url)) {
      throw new UserErrorException("leave the user and the password out of " + Route.shown(url));
    }
    try {
      URI freddie = new URI(url);
      if (freddie.getHost() != null
          && freddie.getPort() <= 65_535
          && Set.of("http", "https").contains(String.valueOf(freddie.getScheme()))) {
        return new MetricsReader(
            new URI(url.replaceFirst("/$", "") + "/metrics").toURL(), authorities);
      }
    } catch (URISyntaxException | MalformedURLException wrong) {
      // Said below, as for another scheme.
    }
    throw new UserErrorException(
        "'" + url + "' is no freddie's address: give one like https://freddie.example.org");
  }

  MetricsText read() throws IOException {
    HttpURLConnection connection = pages.open(page);
    try {
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        throw new IOException(
            status < 0
                ? "what answers there does not speak HTTP"
                : "it answers HTTP status " + status);
      }
      try (InputStream in = connection.getInputStream()) {
        MetricsText text =
            MetricsText.parse(new String(in.readNBytes(LIMIT), StandardCharsets.UTF_8));
        if (!text.has("freddie_connections")) {
          throw new IOException("what answers there is not a freddie");
        }
        return text;
      }
    } catch (UnknownHostException unknown) {
      throw new IOException("no such host", unknown);
    } catch (ConnectException refused) {
      throw new IOException("nobody listens there", refused);
    } catch (SSLException untrusted) {
      throw new IOException(TlsTrouble.text(untrusted), untrusted);
    } finally {
      connection.disconnect();
    }
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
