// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What an Unbounded client says in what order, written from a description of it: a consumer listens
 * until it has heard of one producer and half a second more, ends that connection, and makes its
 * offer on another; a producer advertises itself again and again.
 */
final class StockClient {
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final InetSocketAddress freddie;
  private final String version;
  private final boolean keepAlive;
  private final String candidates;
  private @Nullable V1Client kept;

  /** {@code keepAlive}: as Go's client; else one connection a request. */
  StockClient(InetSocketAddress freddie, String version, boolean keepAlive) {
    this.freddie = freddie;
    this.version = version;
    this.keepAlive = keepAlive;
    String one = "{\"foundation\":\"1\",\"address\":\"198.51.100.7\",\"typ\":\"srflx\"}";
    candidates =
        version.startsWith("v0")
            ? "[" + one + "]"
            : "{\"Candidates\":[" + one + "],\"ConsumerSessionID\":\"9d6f\"}";
  }

  String candidates() {
    return candidates;
  }

  /** Until a consumer has come and said all; what it said, by type. */
  CompletableFuture<List<String>> produces(String genesis) {
    return begin(
        () -> {
          List<String> heard = new ArrayList<>();
          while (true) {
            String offer = post(0, "genesis", genesis).body();
            if (offer.isEmpty()) {
              continue; // Nobody was interested.
            }
            JsonObject message = message(offer, 1);
            heard.add(message.get("Payload").getAsString());
            String ice =
                post(
                        2,
                        message.get("ReplyTo").getAsString(),
                        "{\"type\":\"answer\",\"sdp\":\"v=0\\r\\n<&>\"}")
                    .body();
            heard.add(message(ice, 3).get("Payload").getAsString());
            return heard;
          }
        });
  }

  /** Until a producer has answered; what that said, by type. */
  CompletableFuture<List<String>> consumes() {
    return begin(
        () -> {
          while (true) {
            List<String> genesis = listen();
            if (genesis.isEmpty()) {
              continue;
            }
            JsonObject chosen = message(genesis.get(0), 0);
            V1Client.Answer answer =
                post(
                    1,
                    chosen.get("ReplyTo").getAsString(),
                    "{\"SDP\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"},\"Tag\":\"Bob é\"}");
            if (answer.status() == 404 || answer.body().isEmpty()) {
              continue; // Too late.
            }
            JsonObject said = message(answer.body(), 2);
            V1Client.Answer last = post(3, said.get("ReplyTo").getAsString(), candidates);
            if (last.status() != 200 || !last.body().isEmpty()) {
              throw new IOException("not taken: " + last);
            }
            return List.of(chosen.get("Payload").getAsString(), said.get("Payload").getAsString());
          }
        });
  }

  /** What one listens to before one makes an offer; then the connection is gone. */
  List<String> listen() throws IOException {
    List<String> heard = new ArrayList<>();
    try (V1Client stream = take()) {
      stream.say(V1Client.get(version));
      V1Client.Answer head = stream.hearHead();
      if (!head.head().contains("chunked")) {
        return heard;
      }
      heard.add(stream.hearChunk());
      long end = System.nanoTime() + PATIENCE.toNanos();
      for (long rest = PATIENCE.toNanos(); rest > 0; rest = end - System.nanoTime()) {
        String more = stream.hearChunk(Duration.ofNanos(rest));
        if (more == null || more.isEmpty()) {
          break;
        }
        heard.add(more);
      }
    }
    return heard;
  }

  V1Client.Answer post(int type, String sendTo, String data) throws IOException {
    V1Client connection = take();
    String request = V1Client.post(version, V1Client.form(type, sendTo, data));
    if (!keepAlive) {
      request = request.replaceFirst("Accept-Encoding", "Connection: close\r\nAccept-Encoding");
    }
    connection.say(request);
    V1Client.Answer answer = connection.hear();
    if (keepAlive) {
      kept = connection;
    } else {
      connection.close();
    }
    return answer;
  }

  private V1Client take() throws IOException {
    V1Client connection = kept == null ? new V1Client(freddie) : kept;
    kept = null;
    return connection;
  }

  private static JsonObject message(String line, int type) throws IOException {
    JsonObject message = JsonParser.parseString(line).getAsJsonObject();
    if (!line.endsWith("}\n") || message.get("Type").getAsInt() != type) {
      throw new IOException("not a message of type " + type + ": " + line);
    }
    return message;
  }

  private interface Talk {
    List<String> hold() throws IOException;
  }

  private static CompletableFuture<List<String>> begin(Talk talk) {
    CompletableFuture<List<String>> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(talk.hold());
              } catch (IOException | RuntimeException failed) {
                result.completeExceptionally(new CompletionException(failed));
              }
            },
            "stock-client");
    thread.setDaemon(true);
    thread.start();
    return result;
  }
}
