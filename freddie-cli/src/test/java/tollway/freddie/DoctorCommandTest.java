// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;
import tollway.cli.Launcher;
import tollway.identity.Identity;
import tollway.lab.Said;
import tollway.lab.TestCertificates;
import tollway.reach.ReachList;
import tollway.reach.SignedListCodec;
import tollway.tls.ServerTls;

final class DoctorCommandTest {
  private static final String ANY = "127.0.0.1:0";
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path directory;

  private static Said doctor(String... words) {
    List<String> all = new ArrayList<>(List.of("doctor"));
    all.addAll(List.of(words));
    return Said.by(new Launcher("freddie", FreddieCommand::new), all.toArray(String[]::new));
  }

  /** The rows of one name. */
  private static List<String> rows(Said said, String name) {
    return said.out().lines().filter(line -> line.substring(6).startsWith(name + " ")).toList();
  }

  private static FreddieNode freddie(boolean withStun) throws Exception {
    return FreddieNode.start(
        new FreddieConfig(
            ANY_PORT,
            Optional.empty(),
            withStun ? List.of(new FreddieConfig.StunAddress(ANY_PORT, "")) : List.of(),
            Optional.empty(),
            FreddieConfig.Limits.of(100)));
  }

  @Test
  void aHostThatHasAllSaysSo() {
    Said fine = doctor("--listen", ANY, "--stun", ANY, "--max-clients=5");
    assertThat(fine.exitCode()).as(fine.out()).isZero();
    assertThat(rows(fine, "listen"))
        .containsExactly("ok    listen              127.0.0.1:0 is free");
    assertThat(rows(fine, "certificate")).singleElement().asString().startsWith("skip");
    assertThat(rows(fine, "stun")).singleElement().asString().startsWith("ok");
    assertThat(rows(fine, "open files")).singleElement().asString().startsWith("ok");

    Said two = doctor("--listen", ANY, "--stun", ANY, "--stun-alternate", "127.0.0.2:0");
    assertThat(two.exitCode()).as(two.out()).isZero();
    assertThat(rows(two, "stun")).hasSize(4).allMatch(row -> row.startsWith("ok"));
    assertThat(rows(two, "nat discovery")).isEmpty();
  }

  @Test
  void aFreddieThatRunsIsAskedAsAClientWould() throws Exception {
    try (FreddieNode node = freddie(true)) {
      String at = FreddieNode.text(node.address());
      Said here = doctor("--listen", at, "--stun", node.stunServers().get(0));
      assertThat(here.exitCode()).as(here.out()).isZero();
      assertThat(rows(here, "listen").get(0)).contains("a freddie runs at " + at);
      assertThat(rows(here, "stun").get(0)).contains("a STUN server answers at ");
      assertThat(rows(here, "signalling").get(0)).startsWith("ok    ").contains("welcomes");

      Said there = doctor("http://" + at, "--json");
      JsonObject report = JsonParser.parseString(there.out()).getAsJsonObject();
      assertThat(report.get("fine").getAsBoolean()).isTrue();
      assertThat(report.getAsJsonArray("checks")).hasSize(3);
    }
    try (FreddieNode node = freddie(false)) {
      Said there = doctor("http://" + FreddieNode.text(node.address()));
      assertThat(there.exitCode()).isZero();
      assertThat(rows(there, "stun").get(0)).startsWith("warn").contains("names no server");
    }
  }

  @Test
  void portsThatOthersHaveAreFoundOut() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        DatagramSocket silent = new DatagramSocket(ANY_PORT)) {
      Thread hangsUp = new Thread(() -> hangUp(other));
      hangsUp.setDaemon(true);
      hangsUp.start();
      Said said =
          doctor(
              "--listen", "127.0.0.1:" + other.getLocalPort(),
              "--stun", "127.0.0.1:" + silent.getLocalPort());
      assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(rows(said, "listen").get(0)).startsWith("FAIL").contains("not by a freddie");
      assertThat(rows(said, "stun").get(0)).startsWith("FAIL").contains("not by STUN");
      assertThat(rows(said, "signalling")).isEmpty();
    }
    Said elsewhere = doctor("--listen", "192.0.2.1:8480", "--stun", "192.0.2.1:3478");
    assertThat(elsewhere.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(rows(elsewhere, "stun").get(0)).startsWith("FAIL").contains("'ip address'");
  }

  private static void hangUp(ServerSocket server) {
    try {
      while (true) {
        server.accept().close();
      }
    } catch (java.io.IOException closed) {
      // The end of the test.
    }
  }

  @Test
  void certificatesAreReadBeforeClientsSeeThem() throws Exception {
    TestCertificates authority = new TestCertificates();
    TestCertificates.Certified good = authority.certify("good", "EC", Duration.ofDays(90));
    TestCertificates.Certified ending = authority.certify("ending", "EC", Duration.ofDays(3));
    assertThat(certificate(good.certificate(), good.key())).startsWith("ok").contains("89 days");
    assertThat(certificate(ending.certificate(), ending.key()))
        .startsWith("warn")
        .contains("expires in 2 days");
    assertThat(certificate(good.certificate(), ending.key()))
        .startsWith("FAIL")
        .contains("the key is not that of the certificate");
    assertThat(certificate("nothing", good.key())).startsWith("FAIL");
    Said missing = doctor("--listen", ANY, "--tls-cert", "/nowhere/a", "--tls-key", "/nowhere/b");
    assertThat(missing.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(rows(missing, "certificate").get(0)).contains("no such file: /nowhere/a");
  }

  private String certificate(String chain, String key) throws Exception {
    Path one = Files.writeString(directory.resolve("cert.pem"), chain);
    Path other = Files.writeString(directory.resolve("key.pem"), key);
    return rows(
            doctor("--listen", ANY, "--tls-cert", one.toString(), "--tls-key", other.toString()),
            "certificate")
        .get(0);
  }

  @Test
  void whatServeWouldNotStartWithIsFoundOut() throws Exception {
    Path config = directory.resolve("freddie.conf");
    Files.writeString(
        config,
        "listen = "
            + ANY
            + "\nlist = /nowhere/list\nbus = nats://127.0.0.1:1\nbus-credentials = /nowhere/login\n"
            + "front = 10.0.0.0/8\nleast-effort = 5\nlog-format = text\n");
    Said said = doctor("--config", config.toString());
    assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(rows(said, "list").get(0))
        .isEqualTo(
            "FAIL  list                --list: no such file: /nowhere/list: 'serve' would not"
                + " start");
    assertThat(rows(said, "bus").get(0))
        .startsWith("FAIL  ")
        .contains("--bus-credentials: no such file: /nowhere/login: 'serve' would not start");
    refused("--front: not ADDRESS/BITS: '10.0.0.0/x'", "--front", "10.0.0.0/x");
    refused("--bus: 'redis://a' is not nats://HOST:PORT", "--bus", "redis://a");
    refused("--drain: 'x' is not a duration", "--drain", "x");
    refused("--least-effort: give a number", "--least-effort", "-1");
    refused("--v1-per-address: give 0 or more", "--v1-per-address", "-1");
  }

  @Test
  void theListAndTheBusAreTried() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    assertThat(list(now, now.plusSeconds(1000)))
        .isEqualTo("ok    list                number 1, good until " + now.plusSeconds(1000));
    assertThat(list(now.minusSeconds(950), now.plusSeconds(50)))
        .startsWith("warn  ")
        .contains("expires at " + now.plusSeconds(50) + ": sign a new one");
    assertThat(list(now.minusSeconds(950), now.minusSeconds(50)))
        .startsWith("FAIL  ")
        .contains("it expired at " + now.minusSeconds(50));
    Said away = doctor("--listen", ANY, "--bus", "nats://127.0.0.1:1");
    assertThat(away.exitCode()).isZero();
    assertThat(rows(away, "bus").get(0))
        .startsWith("warn  ")
        .contains("nats://127.0.0.1:1: connection refused")
        .contains("serves its own clients alone");
  }

  private String list(Instant issued, Instant expires) throws Exception {
    Path file = directory.resolve("list");
    Files.write(
        file,
        SignedListCodec.sign(
                new ReachList(1, issued, expires, List.of(), List.of("stun.example:3478")),
                Identity.generate(new SecureRandom()))
            .document()
            .toArray());
    return rows(doctor("--listen", ANY, "--list", file.toString()), "list").get(0);
  }

  @Test
  void aFrontThatPassesNoWebSocketIsFoundOut() throws Exception {
    HttpServer front = HttpServer.create(ANY_PORT, 5);
    front.createContext(
        "/",
        exchange -> {
          int status = exchange.getRequestURI().getPath().equals("/healthz") ? 200 : 403;
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    front.start();
    try {
      Said said = doctor("http://127.0.0.1:" + front.getAddress().getPort());
      assertThat(said.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(rows(said, "healthz").get(0)).startsWith("ok");
      assertThat(rows(said, "signalling").get(0))
          .startsWith("FAIL")
          .contains("403")
          .contains("pass /v2/signal on");
      assertThat(rows(said, "stun").get(0)).startsWith("skip");
    } finally {
      front.stop(0);
    }
    Said nobody = doctor("http://127.0.0.1:" + front.getAddress().getPort());
    assertThat(rows(nobody, "healthz").get(0)).startsWith("FAIL");
    assertThat(nobody.out()).hasLineCount(3);
  }

  @Test
  void aCertificateOfAnAuthorityOfOnesOwnIsNamedAndTaken() throws Exception {
    TestCertificates authority = new TestCertificates();
    TestCertificates.Certified own = authority.certify("own", "EC", Duration.ofDays(1));
    Path roots = Files.writeString(directory.resolve("roots.pem"), authority.authority());
    try (Town town =
        new Town(
            FreddieConfig.Limits.of(100),
            Optional.of(ServerTls.of(own.certificate(), own.key())))) {
      String url = "https://127.0.0.1:" + town.address().getPort();
      String why = "TLS failed: nobody whom this host trusts vouches for the certificate";
      Said unknown = doctor(url);
      assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(rows(unknown, "healthz").get(0)).contains(why + ": is the URL right? --ca-file");
      assertThat(doctor(url, "--ca-file", roots.toString()).out())
          .contains("ok    healthz ", "ok    signalling ");
      Launcher freddie = new Launcher("freddie", FreddieCommand::new);
      Said top = Said.by(freddie, "top", url);
      assertThat(top.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(top.err()).isEqualTo("freddie: " + url + "/metrics: " + why + "\n");
    }
    Path none = Files.writeString(directory.resolve("none.pem"), "none");
    refused("--ca-file: " + none, "https://127.0.0.1:1", "--ca-file", none.toString());
  }

  @Test
  void fewFilesAreTold() {
    Said said = doctor("--listen", ANY, "--max-clients", "999999999");
    assertThat(rows(said, "open files").get(0)).contains("999999999 clients");
  }

  @Test
  void whatMakesNoSenseIsOneLine() {
    refused("is no freddie's address", "ftp://example.org");
    refused("is no freddie's address", "http://");
    refused("leave the user and the password out of https://…@h/", "https://user:word@h/");
    refused("--listen: 'x' is not HOST:PORT", "--listen", "x");
    refused("--max-clients: give a number above 0", "--max-clients", "0");
    refused("give both or neither", "--tls-cert", "x");
    refused("give both or neither", "--tls-key", "x");
    refused("--stun-alternate: give --stun as well", "--stun-alternate", "127.0.0.1:1");
  }

  private static void refused(String line, String... words) {
    Said said = doctor(words);
    assertThat(said.exitCode()).as(said.out()).isEqualTo(ExitCode.USAGE);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains(line).hasLineCount(1);
  }
}
