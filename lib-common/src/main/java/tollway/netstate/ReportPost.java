// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;

/** Posts one body and waits for the answer, with the JDK's client: light, and it blocks. */
final class ReportPost {
  private final ReporterConfig config;

  ReportPost(ReporterConfig config) {
    this.config = config;
  }

  /** The answer's status code. */
  int post(Bytes body, Duration limit) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) config.endpoint().toURL().openConnection();
    int millis = Math.toIntExact(limit.toMillis());
    connection.setConnectTimeout(millis);
    connection.setReadTimeout(millis);
    connection.setInstanceFollowRedirects(false); // The token is for this server only.
    connection.setUseCaches(false);
    connection.setDoOutput(true);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Authorization", config.token().authorization());
    connection.setRequestProperty("Content-Type", "application/x-protobuf");
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body.toArray());
    }
    int status = connection.getResponseCode();
    // What is read to its end can be used again for the next report.
    try (@Nullable InputStream answer =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (answer != null && answer.readNBytes(4096).length == 4096) {
        connection.disconnect();
      }
    }
    return status;
  }
}
