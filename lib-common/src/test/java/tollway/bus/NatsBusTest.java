// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.NKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.Bytes;
import tollway.lab.Await;
import tollway.lab.NatsServer;
import tollway.lab.TestCertificates;

/** Our bus on a real NATS server. */
final class NatsBusTest extends BusContract {
  private static NatsServer nats;

  @BeforeAll
  static void startServer() throws Exception {
    nats = NatsServer.start();
  }

  @AfterAll
  static void stopServer() {
    if (nats != null) {
      nats.close();
    }
  }

  @Override
  Bus join() {
    return NatsBus.start(NatsServers.parse(nats.url()), NatsLogin.none(), Optional.empty());
  }

  @Test
  void aProbeSaysWhetherAServerLetsUsIn() throws Exception {
    assertThat(probe(nats.url())).isEmpty();
    assertThat(probe("nats://127.0.0.1:1").orElseThrow()).contains("connection refused");
    assertThat(probe("nats://127.0.0.1:1," + nats.url())).isEmpty();
  }

  private static Optional<String> probe(String servers) throws InterruptedException {
    return NatsBus.probe(NatsServers.parse(servers), NatsLogin.none(), Optional.empty());
  }

  @Test
  void comesBackByItselfAndSaysNothingOld() throws Exception {
    try (NatsServer own = NatsServer.start()) {
      Listener one = new Listener(to(own.url(), NatsLogin.none()), "one");
      Listener two = new Listener(to(own.url(), NatsLogin.none()), "two");
      meet(one, two);
      meet(two, one);
      own.kill();
      Await.until("it is noticed", () -> one.bus.trouble().isPresent());
      one.bus.publish("two", Bytes.ofUtf8("old"));
      Await.until("it says why", () -> one.bus.trouble().orElse("").contains("connection refused"));
      long begun = System.nanoTime();
      own.restart();
      Await.until("it is back", () -> one.bus.trouble().isEmpty());
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
      Await.until(
          "the other hears again",
          () -> {
            one.bus.publish("two", Bytes.ofUtf8("new"));
            Bytes heard = two.heard.poll(50, TimeUnit.MILLISECONDS);
            assertThat(heard).isNotEqualTo(Bytes.ofUtf8("old"));
            return heard != null;
          });
    }
  }

  @Test
  void anyServerOfTheListWillDo() throws Exception {
    try (NatsServer dead = NatsServer.start()) {
      dead.kill();
      Listener one = new Listener(to(dead.url() + "," + nats.url(), NatsLogin.none()), "first");
      Listener two = new Listener("second");
      meet(one, two);
    }
  }

  @Test
  void whoHasNoPasswordIsTold() throws Exception {
    try (NatsServer guarded = NatsServer.start("--user", "freddie", "--pass", "secret")) {
      Listener stranger = new Listener(to(guarded.url(), NatsLogin.none()), "a");
      Listener friend =
          new Listener(
              to(guarded.url(), NatsLogin.parse("user = freddie\npassword = secret\n")), "b");
      Listener other =
          new Listener(
              to(guarded.url(), NatsLogin.parse("# ours\npassword=secret\nuser=freddie")), "c");
      meet(friend, other);
      Await.until(
          "it says why", () -> stranger.bus.trouble().orElse("").matches("(?i).*authorization.*"));
    }
  }

  @Test
  void aKeyOpensToo(@TempDir Path files) throws Exception {
    NKey user = NKey.createUser(null);
    Path config =
        Files.writeString(
            files.resolve("nats.conf"),
            "authorization { users = [ { nkey: " + new String(user.getPublicKey()) + " } ] }");
    String written =
        "-----BEGIN NATS USER JWT-----\nof.no.use\n------END NATS USER JWT------\n\n"
            + "-----BEGIN USER NKEY SEED-----\n"
            + new String(user.getSeed())
            + "\n------END USER NKEY SEED------\n";
    try (NatsServer guarded = NatsServer.start("-c", config.toString())) {
      Listener one = new Listener(to(guarded.url(), NatsLogin.parse(written)), "one");
      Listener two = new Listener(to(guarded.url(), NatsLogin.parse(written)), "two");
      meet(one, two);
    }
  }

  @Test
  void overTlsTheServerHasToBeTheOneWeCalled(@TempDir Path files) throws Exception {
    TestCertificates authority = new TestCertificates();
    TestCertificates.Certified certified =
        authority.certify("nats", "EC", Duration.ofDays(1)); // For 127.0.0.1.
    Path certificate = Files.writeString(files.resolve("nats.pem"), certified.certificate());
    Path key = Files.writeString(files.resolve("nats.key"), certified.key());
    try (NatsServer secure =
        NatsServer.start(
            "--tls", "--tlscert", certificate.toString(), "--tlskey", key.toString())) {
      Optional<String> trusted = Optional.of(authority.authority());
      Listener one = new Listener(tls("127.0.0.1", secure, trusted), "one");
      Listener two = new Listener(tls("127.0.0.1", secure, trusted), "two");
      Bus misnamed = new Listener(tls("localhost", secure, trusted), "three").bus;
      Bus distrustful = new Listener(tls("127.0.0.1", secure, Optional.empty()), "four").bus;
      meet(one, two);
      Await.until("another name", () -> misnamed.trouble().orElse("").contains("localhost"));
      Await.until(
          "another authority", () -> distrustful.trouble().orElse("").contains("certification"));
    }
  }

  private static Bus tls(String host, NatsServer server, Optional<String> trusted) {
    return NatsBus.start(
        NatsServers.parse("tls://" + host + ":" + server.port()),
        NatsLogin.none(),
        Optional.of(NatsTls.context(trusted)));
  }

  private static Bus to(String urls, NatsLogin login) {
    return NatsBus.start(NatsServers.parse(urls), login, Optional.empty());
  }
}
