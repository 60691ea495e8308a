// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.function.Consumer;
import tollway.bytes.MalformedBytesException;
import tollway.netstate.GraphJson;
import tollway.netstate.GraphView;
import tollway.netstate.ServerAddress;

/** One request for a server's events, with the JDK's client: light, and it blocks. */
final class FeedConnection {
  private static final int CONNECT_MILLIS = 5_000;

  /** The server ticks every 5 s; who is silent for longer than this is gone. */
  private static final int SILENCE_MILLIS = 20_000;

  private final ServerAddress server;
  private volatile boolean closed;

  FeedConnection(ServerAddress server) {
    this.server = server;
  }

  /** Hands graphs to {@code viewer} until the server ends the stream; any failure is thrown. */
  void read(Consumer<GraphView> viewer) throws IOException, MalformedBytesException {
    HttpURLConnection connection =
        (HttpURLConnection) server.at("/v1/events").toURL().openConnection();
    try (InputStream in = open(connection)) {
      SseReader events = new SseReader(new BufferedInputStream(in, 1 << 16));
      SseReader.Event event = events.next();
      while (event != null && !closed) {
        if (event.type().equals("graph")) {
          viewer.accept(GraphJson.parse(event.data()));
        }
        event = events.next();
      }
    } finally {
      connection.disconnect();
    }
  }

  /**
   * Ends the reading with the next event or tick; the JDK's client cannot be woken from a read. Any
   * thread.
   */
  void close() {
    closed = true;
  }

  private static InputStream open(HttpURLConnection opening) throws IOException {
    opening.setConnectTimeout(CONNECT_MILLIS);
    opening.setReadTimeout(SILENCE_MILLIS);
    opening.setInstanceFollowRedirects(false);
    opening.setUseCaches(false);
    opening.setRequestProperty("Accept", "text/event-stream");
    int status = opening.getResponseCode();
    String type = String.valueOf(opening.getContentType());
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException(
          status < 0
              ? "what answers there does not speak HTTP"
              : "it answers HTTP status " + status);
    }
    if (!type.startsWith("text/event-stream")) {
      throw new IOException("what answers there is not a netstate");
    }
    return opening.getInputStream();
  }
}
