// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.TestCertificates;
import tollway.reach.ReachList;
import tollway.reach.SignedListCodec;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/** A freddie that speaks TLS itself, as a process. */
final class FreddieTlsIT {
  @TempDir private Path directory;

  @Test
  void bothProtocolsAreServedAndTheCertificateIsReadAgain() throws Exception {
    TestCertificates authority = new TestCertificates();
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    put(certificate, key, authority.certify("first", "EC", Duration.ofDays(1)));
    try (JavaProcess freddie =
        freddie("--tls-cert", certificate.toString(), "--tls-key", key.toString(), "--json")) {
      String url = freddie.event("ready").get("url").getAsString();
      assertThat(url).startsWith("https://127.0.0.1:");
      SSLContext trusting = Roots.trusting(authority.authority());
      assertThat(get(trusting, url + "/healthz").body()).isEqualTo("ok\n");
      assertThat(get(trusting, url + "/v1/signal").statusCode()).isEqualTo(418);
      assertThat(challenge(trusting, url)).isInstanceOf(Signal.Challenge.class);

      assertThat(subject(trusting, url)).isEqualTo("CN=first");
      put(certificate, key, authority.certify("second", "RSA", Duration.ofDays(1)));
      Await.until("the new one is used", () -> subject(trusting, url).equals("CN=second"));
      // A certificate whose key has not come with it changes nothing.
      Files.writeString(
          certificate, authority.certify("third", "EC", Duration.ofDays(1)).certificate());
      Await.until("it is said", () -> has(freddie, "kept as before", "not that of the"));
      Files.delete(key);
      Await.until("it is said", () -> has(freddie, "kept as before", "no such file"));
      assertThat(subject(trusting, url)).isEqualTo("CN=second");
      put(certificate, key, authority.certify("fourth", "EC", Duration.ofDays(1)));
      new ProcessBuilder("kill", "-HUP", String.valueOf(freddie.process().pid()))
          .inheritIO()
          .start()
          .waitFor();
      Await.until("by SIGHUP, too", () -> subject(trusting, url).equals("CN=fourth"));
      assertThat(freddie.stop()).isZero();
      assertThat(freddie.err())
          .allMatch(line -> line.matches("freddie: (warning: )?the certificate .*"))
          .anyMatch(line -> line.startsWith("freddie: warning: the certificate kept as before"));
    }
  }

  @Test
  void theLogIsJsonForWhoeverCollectsIt() throws Exception {
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    put(certificate, key, new TestCertificates().certify("one", "EC", Duration.ofDays(1)));
    Path list = directory.resolve("list");
    Instant issued = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(9500);
    Files.write(
        list,
        SignedListCodec.sign(
                new ReachList(
                    1, issued, issued.plusSeconds(10_000), List.of(), List.of("stun.example:1")),
                Identity.generate(new SecureRandom()))
            .document()
            .toArray());
    try (JavaProcess freddie =
        freddie(
            "--list",
            list.toString(),
            "--tls-cert",
            certificate.toString(),
            "--tls-key",
            key.toString(),
            "--json",
            "--log-format",
            "json")) {
      freddie.event("ready");
      Await.until("the list's end is told", () -> freddie.err().size() == 1);
      Files.writeString(key, "\u001b[31m\n");
      Await.until("it is said", () -> freddie.err().size() == 2);
      assertThat(freddie.stop()).isZero();
      warned(freddie.err().get(0), "the list expires at " + issued.plusSeconds(10_000) + ": sign");
      warned(
          freddie.err().get(1), "the certificate kept as before: --tls-cert " + certificate + ", ");
      assertThat(freddie.err()).hasSize(2);
    }
  }

  private static void warned(String line, String begin) {
    JsonObject said = JsonParser.parseString(line).getAsJsonObject();
    assertThat(said.get("logger").getAsString()).isEqualTo("freddie");
    assertThat(said.get("level").getAsString()).isEqualTo("WARN");
    assertThat(said.get("message").getAsString()).startsWith(begin);
  }

  @Test
  void whatIsWrongWithTheFilesIsOneLineAtTheStart() throws Exception {
    TestCertificates authority = new TestCertificates();
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    put(certificate, key, authority.certify("one", "EC", Duration.ofDays(1)));
    refused("give both or neither", "--tls-cert", certificate.toString());
    refused("no such file", "--tls-cert", certificate.toString(), "--tls-key", "/nowhere");
    Files.writeString(key, "nonsense");
    refused("no private key", "--tls-cert", certificate.toString(), "--tls-key", key.toString());
  }

  private static void refused(String line, String... options) throws Exception {
    try (JavaProcess freddie = freddie(options)) {
      assertThat(freddie.exitCode()).isEqualTo(2);
      assertThat(freddie.err()).singleElement().asString().startsWith("freddie: ").contains(line);
    }
  }

  private static JavaProcess freddie(String... options) throws Exception {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "serve";
    arguments[1] = "--listen";
    arguments[2] = "127.0.0.1:0";
    System.arraycopy(options, 0, arguments, 3, options.length);
    return JavaProcess.start(FreddieMain.class.getName(), arguments);
  }

  private static void put(Path certificate, Path key, TestCertificates.Certified certified)
      throws Exception {
    Files.writeString(certificate, certified.certificate());
    Files.writeString(key, certified.key());
  }

  private static boolean has(JavaProcess process, String... parts) {
    return process.err().stream()
        .anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
  }

  private static HttpResponse<String> get(SSLContext trusting, String url) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(trusting)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** Whose certificate a new connection is shown. */
  private static String subject(SSLContext trusting, String url) throws Exception {
    return ((X509Certificate)
            get(trusting, url + "/healthz").sslSession().orElseThrow().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  /** The first word on a WebSocket. */
  private static Signal challenge(SSLContext trusting, String url) throws Exception {
    CompletableFuture<byte[]> first = new CompletableFuture<>();
    WebSocket socket =
        HttpClient.newBuilder()
            .sslContext(trusting)
            .build()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(url.replace("https:", "wss:") + "/v2/signal"),
                new WebSocket.Listener() {
                  @Override
                  public @Nullable CompletionStage<?> onBinary(
                      WebSocket from, ByteBuffer data, boolean last) {
                    byte[] copy = new byte[data.remaining()];
                    data.get(copy);
                    first.complete(copy);
                    return null;
                  }
                })
            .get(30, TimeUnit.SECONDS);
    try {
      return SignalingCodec.decode(ByteBuffer.wrap(first.get(30, TimeUnit.SECONDS)));
    } finally {
      socket.abort();
    }
  }
}
