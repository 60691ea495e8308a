// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server with a page, a large file, and an echo of what it is sent. */
final class Origin implements AutoCloseable {
  private static final int BLOCK = 1 << 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final byte[] block = block();

  Origin() throws IOException {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private Origin(InetSocketAddress address) throws IOException {
    server = HttpServer.create(address, 50);
    server.setExecutor(threads);
    server.createContext("/", exchange -> text(exchange, "<h1>a page</h1>\n"));
    server.createContext("/blob/", this::blob);
    server.createContext("/sha", this::sha);
    server.start();
  }

  /** As a process of its own, on port 80 of the address named; serves until it is killed. */
  @SuppressWarnings("resource") // Ends with the process.
  public static void main(String[] arguments) throws IOException {
    new Origin(new InetSocketAddress(InetAddress.getByName(arguments[0]), 80));
    System.out.println("{\"event\":\"ready\"}");
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The digest of the file of {@code blocks} MiB. */
  static String sha256(int blocks) throws Exception {
    byte[] block = block();
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < blocks; i++) {
      sha.update(block);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static byte[] block() {
    byte[] block = new byte[BLOCK];
    new Random(1).nextBytes(block);
    return block;
  }

  private void blob(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    int blocks = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    exchange.sendResponseHeaders(200, (long) blocks * BLOCK);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < blocks; i++) {
        out.write(block);
      }
    }
  }

  private void sha(HttpExchange exchange) throws IOException {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = exchange.getRequestBody().read(buffer);
          n >= 0;
          n = exchange.getRequestBody().read(buffer)) {
        sha.update(buffer, 0, n);
      }
      text(exchange, HexFormat.of().formatHex(sha.digest()));
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void text(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
