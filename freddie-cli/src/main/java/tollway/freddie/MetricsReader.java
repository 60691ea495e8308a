// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Asks a freddie for its metrics, with the JDK's client: light, and it blocks. */
final class MetricsReader {
  private static final int PATIENCE_MILLIS = 5_000;

  /** A freddie says less than this, in bytes. */
  private static final int LIMIT = 256 << 10;

  private final URL page;

  private MetricsReader(URL page) {
    this.page = page;
  }

  /**
   * Of the freddie at an http or https address.
   *
   * @throws IllegalArgumentException when that is none
   */
  static MetricsReader of(String url) {
    URI freddie = URI.create(url);
    if (freddie.getHost() == null
        || freddie.getPort() > 65_535
        || !Set.of("http", "https").contains(String.valueOf(freddie.getScheme()))) {
      throw new IllegalArgumentException("no such address");
    }
    try {
      return new MetricsReader(URI.create(url.replaceFirst("/$", "") + "/metrics").toURL());
    } catch (MalformedURLException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  MetricsText read() throws IOException {
    HttpURLConnection connection = (HttpURLConnection) page.openConnection();
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
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
    } finally {
      connection.disconnect();
    }
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
