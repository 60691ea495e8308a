// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Said;
import tollway.lab.TestCertificates;

/** How volunteers come in: TLS, tokens, and an exit that is about to leave; all as processes. */
final class EgressDoorIT {
  private static final String TOKEN = "0123456789abcdef";
  private static final String OTHER = "fedcba9876543210";

  @TempDir private Path directory;

  private final TestCertificates authority = certificates();
  private Origin origin;
  private Chain chain;
  private String freddie;

  @BeforeEach
  void startServers() throws Exception {
    origin = new Origin();
    chain = new Chain(directory);
    freddie = Chain.text(chain.freddie().event("ready"), "url");
  }

  @AfterEach
  void stopEverything() {
    chain.close();
    origin.close();
  }

  @Test
  void theChainWorksByTlsAndTheCertificateIsReadAgain() throws Exception {
    Path ca = write("ca.pem", authority.authority());
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    put(certificate, key, authority.certify("first", "EC", Duration.ofDays(1)));
    JavaProcess exit =
        chain.egress(
            freddie,
            "--allow-private",
            "--tls-cert",
            certificate.toString(),
            "--tls-key",
            key.toString());
    String invite = Chain.text(exit.event("ready"), "invite");
    String url = Chain.text(exit.event("ready"), "url");
    assertThat(url).startsWith("wss://127.0.0.1:");
    JavaProcess stranger = chain.widget(invite, "stranger");
    Await.until(
        "who does not know the authority says so",
        () -> stranger.out().stream().anyMatch(line -> line.contains("TLS failed")));
    chain.widget(invite, "anna", "--ca-file", ca.toString()).event("ready");
    JavaProcess desktop = chain.desktop(invite);
    desktop.event("connected");
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    assertThat(Chain.curl("-x", "http://" + proxy, page()).out()).isEqualTo("<h1>a page</h1>\n");

    assertThat(subject(url, ca)).contains("first");
    put(certificate, key, authority.certify("second", "RSA", Duration.ofDays(1)));
    Await.until("the new one is used", () -> subject(url, ca).contains("second"));
    // A certificate whose key has not come with it, and what is no certificate, change nothing.
    Files.writeString(
        certificate, authority.certify("third", "EC", Duration.ofDays(1)).certificate());
    Await.until("it is said", () -> has(exit, "kept as before", "not that of the certificate"));
    Files.writeString(key, "nonsense");
    Await.until("it is said", () -> has(exit, "kept as before", "no private key"));
    assertThat(subject(url, ca)).contains("second");
    put(certificate, key, authority.certify("fourth", "EC", Duration.ofDays(1)));
    hangUp(exit);
    Await.until("by SIGHUP, too", () -> subject(url, ca).contains("fourth"));
    assertThat(Chain.curl("-x", "http://" + proxy, page()).out()).isEqualTo("<h1>a page</h1>\n");
    assertThat(exit.stop()).isZero();
    assertThat(exit.err()).allMatch(line -> line.matches("egress: (warning: )?the certificate .*"));
  }

  @Test
  void tokensAreRevokedWhileItRuns() throws Exception {
    Path tokens = write("tokens", "anna " + TOKEN + "\nbert " + OTHER + "\n");
    JavaProcess exit = chain.egress(freddie, "--token-file", tokens.toString());
    String annas = Chain.text(exit.event("ready"), "invite");
    Said said =
        Owner.run(
            java.util.Map.of(),
            "",
            "invite",
            "--state",
            directory.resolve("egress").toString(),
            "--token-file",
            tokens.toString(),
            "--token",
            "bert");
    assertThat(said.exitCode()).isZero();
    String berts = said.out().strip();
    assertThat(berts).isNotEqualTo(annas);
    JavaProcess anna = chain.widget(annas, "anna");
    anna.event("ready");
    JavaProcess bert = chain.widget(berts, "bert");
    bert.event("ready");
    Files.writeString(tokens, "bert " + OTHER + "\n");
    anna.event("waiting");
    Await.until("it is said why", () -> String.join("", anna.out()).contains("token"));
    assertThat(Chain.metric(exit, "egress_token_volunteers{token=\"bert\"}")).isEqualTo(1);
    Files.writeString(tokens, "bert short\n");
    Await.until("it is said", () -> has(exit, "the tokens kept as before", "line 1"));
    Files.delete(tokens);
    Files.createDirectory(tokens);
    Await.until("it is said", () -> has(exit, "the tokens kept as before", "is a directory"));
    assertThat(String.join("", exit.err())).doesNotContain(TOKEN).doesNotContain(OTHER);
    assertThat(Chain.metric(exit, "egress_token_volunteers{token=\"bert\"}")).isEqualTo(1);
  }

  @Test
  void theFirstSignalLetsADownloadEndAndTheSecondDoesNotWait() throws Exception {
    JavaProcess exit = chain.egress(freddie, "--allow-private", "--drain", "60s");
    int port = exit.event("ready").get("port").getAsInt();
    String invite = Chain.text(exit.event("ready"), "invite");
    chain.widget(invite, "anna").event("ready");
    JavaProcess desktop = chain.desktop(invite);
    desktop.event("connected");
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    Path file = directory.resolve("file");
    Process download =
        Chain.startCurl(
            "--limit-rate",
            "8M",
            "--socks5-hostname",
            proxy,
            page() + "blob/30",
            "-o",
            file.toString());
    Await.until("it has begun", () -> Files.exists(file) && Files.size(file) > 1 << 20);
    exit.process().toHandle().destroy();
    String health = "http://127.0.0.1:" + port + "/healthz";
    Await.until(
        "it says so", () -> Chain.curl("-w", "%{http_code}", health).out().equals("draining\n503"));
    assertThat(Chain.curl("--socks5-hostname", proxy, page()).exitCode()).isNotZero();
    assertThat(Chain.finish(download)).isEqualTo(new Chain.Curl(0, ""));
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(30));
    assertThat(exit.exitCode()).isZero();

    Chain other = new Chain(directory.resolve("other"));
    try (other) {
      JavaProcess busy = other.egress(freddie, "--allow-private", "--drain", "1h");
      String second = Chain.text(busy.event("ready"), "invite");
      other.widget(second, "bert").event("ready");
      JavaProcess person = other.desktop(second);
      person.event("connected");
      String local = Chain.text(person.event("listening"), "proxy");
      Path slow = directory.resolve("slow");
      Process endless =
          Chain.startCurl(
              "--limit-rate",
              "100K",
              "--socks5-hostname",
              local,
              page() + "blob/200",
              "-o",
              slow.toString());
      Await.until("it has begun", () -> Files.exists(slow) && Files.size(slow) > 10_000);
      String status = "http://127.0.0.1:" + busy.event("ready").get("port").getAsInt() + "/healthz";
      busy.process().toHandle().destroy();
      Await.until("it drains", () -> Chain.curl(status).out().equals("draining\n"));
      long start = System.nanoTime();
      assertThat(busy.stop()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      endless.destroyForcibly();
    }
  }

  @Test
  void whatIsWrongWithTheDoorIsSaidAtTheStart() throws Exception {
    TestCertificates.Certified one = authority.certify("one", "EC", Duration.ofDays(1));
    String certificate = write("c.pem", one.certificate()).toString();
    String other =
        write("k.pem", authority.certify("two", "EC", Duration.ofDays(1)).key()).toString();
    refused("give both or neither", "--tls-cert", certificate);
    refused("no such file", "--tls-cert", certificate, "--tls-key", "/nowhere");
    refused("not that of the certificate", "--tls-cert", certificate, "--tls-key", other);
    refused("not ADDRESS/BITS", "--proxy-protocol-from", "somewhere");
    refused("a prefix of 33", "--proxy-protocol-from", "10.0.0.0/33");
    refused("--max-per-address", "--max-per-address", "0");
    refused("not a rate", "--rate", "fast");
    refused("not a rate", "--rate-per-session", "-1");
    refused("1 to 1024", "--max-streams-per-session", "4096");
    refused("--dials-per-session", "--dials-per-session", "0");
    refused("--idle", "--idle", "10ms");
    refused("not a duration", "--drain", "soon");
    refused("not HOST:PORT", "--dns", "127.0.0.1:port");
    refused("line 2", "--token-file", write("t", "anna " + TOKEN + "\nbert\n").toString());
  }

  private void refused(String line, String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "serve";
    arguments[1] = "--state";
    arguments[2] = directory.resolve("never").toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    Said said = Owner.run(java.util.Map.of(), "", arguments);
    assertThat(said.exitCode()).as(List.of(options).toString()).isEqualTo(2);
    assertThat(said.err().lines()).singleElement().asString().contains(line);
  }

  private String page() {
    return "http://127.0.0.1:" + origin.port() + "/";
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text);
  }

  private static void put(Path certificate, Path key, TestCertificates.Certified certified)
      throws Exception {
    Files.writeString(certificate, certified.certificate());
    Files.writeString(key, certified.key());
  }

  /** What curl says of whom it speaks to. */
  private static String subject(String wss, Path ca) throws Exception {
    return Chain.curl("-v", "--cacert", ca.toString(), wss.replace("wss:", "https:") + "/healthz")
        .out()
        .lines()
        .filter(line -> line.contains("subject:"))
        .findFirst()
        .orElse("");
  }

  private static boolean has(JavaProcess process, String... parts) {
    return process.err().stream()
        .anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
  }

  private static void hangUp(JavaProcess process) throws Exception {
    new ProcessBuilder("kill", "-HUP", String.valueOf(process.process().pid()))
        .inheritIO()
        .start()
        .waitFor();
  }

  private static TestCertificates certificates() {
    try {
      return new TestCertificates();
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
