// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.lab.TestCertificates;
import tollway.reach.ClientTls;
import tollway.reach.ListKeeper;
import tollway.reach.Reach;
import tollway.reach.ReachList;
import tollway.reach.Route;
import tollway.reach.RouteMemory;
import tollway.reach.SignedListCodec;
import tollway.reach.Upstream;
import tollway.signaling.Signal;
import tollway.tls.ServerTls;

/** Our client where its freddie is blocked. */
final class ReachTest {
  private static final String FREDDIE = "freddie.example";
  private static final String FRONT = "cdn.example.com";
  private static final URI NOWHERE = URI.create("http://nowhere.example");

  @TempDir private Path directory;

  private TestCertificates authority;
  private Town town;
  private FakeCdn cdn;
  private ClientTls tls;
  private Route blocked;

  @BeforeEach
  void open() throws Exception {
    authority = new TestCertificates();
    town = new Town();
    cdn = new FakeCdn(authority.certifyHost(FRONT), Map.of(FREDDIE, town.address()));
    tls = ClientTls.trusting(ServerTls.certificates(authority.authority()));
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      blocked = Route.of(URI.create("http://127.0.0.1:" + gone.getLocalPort()));
    }
  }

  @AfterEach
  void close() throws IOException {
    cdn.close();
    town.close();
  }

  @Test
  void goesByAFrontWhenTheFreddieIsBlocked() throws Exception {
    Person alice = town.person(new Reach(List.of(blocked, front(FRONT, FREDDIE)), tls));
    assertThat(alice.disconnected()).startsWith(blocked + ": cannot connect");
    assertThat(alice.connected()).hasSize(1);
    assertThat(cdn.visits()).containsExactly(FRONT + " " + FREDDIE);
    alice.wishes(1);
    Await.until("it is heard", () -> town.metric("freddie_consumers_waiting") == 1);
  }

  @Test
  void theCertificateHasToBeTheFronts() throws Exception {
    Person alice = town.person(new Reach(List.of(front("www.example.net", FREDDIE)), tls));
    assertThat(alice.disconnected()).endsWith("TLS failed: the certificate is for another name");
    Person other = town.person(new Reach(List.of(front(FRONT, FREDDIE)), ClientTls.system()));
    assertThat(other.disconnected())
        .endsWith("nobody whom this host trusts vouches for the certificate");
    assertThat(cdn.visits()).isEmpty();
  }

  @Test
  void aFrontThatDoesNotKnowTheFreddieIsNoFreddie() throws Exception {
    Person alice = town.person(new Reach(List.of(front(FRONT, "other.example")), tls));
    assertThat(alice.disconnected()).contains("not a freddie").contains("421");
  }

  @ParameterizedTest
  @EnumSource(Upstream.Kind.class)
  void aProxyLooksUpTheNamesOfFrontsAndFreddies(Upstream.Kind kind) throws Exception {
    try (FakeProxy proxy =
        new FakeProxy(
            kind,
            "",
            Map.of(
                "cdn.example.com:443",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), cdn.port())))) {
      Route route = Route.of(URI.create("https://freddie.example/#front=cdn.example.com"));
      Person alice =
          town.person(new Reach(List.of(route), tls).by(proxy.upstream(Optional.empty())));
      assertThat(alice.connected()).hasSize(1);
      assertThat(cdn.visits()).containsExactly(FRONT + " " + FREDDIE);
      Person direct =
          town.person(Reach.of(List.of(town.url())).by(proxy.upstream(Optional.empty())));
      assertThat(direct.connected()).hasSize(1);
      assertThat(proxy.asked()).containsExactly("cdn.example.com:443", town.url().getAuthority());
    }
  }

  @ParameterizedTest
  @EnumSource(Upstream.Kind.class)
  void aProxyThatWantsAPasswordIsToldIt(Upstream.Kind kind) throws Exception {
    try (FakeProxy proxy = new FakeProxy(kind, "alice:a:b", Map.of())) {
      Reach plain = Reach.of(List.of(town.url()));
      assertThat(town.person(plain.by(proxy.upstream(Optional.empty()))).disconnected())
          .endsWith("the proxy " + proxy.url() + ": it wants a user and a password");
      Optional<Upstream.Login> wrong = Optional.of(Upstream.Login.parse("alice:c"));
      assertThat(town.person(plain.by(proxy.upstream(wrong))).disconnected())
          .endsWith(": it does not accept that user and password")
          .doesNotContain("alice");
      Optional<Upstream.Login> right = Optional.of(Upstream.Login.parse("alice:a:b"));
      assertThat(town.person(plain.by(proxy.upstream(right))).connected()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Upstream.Kind.class)
  void whatAProxyDoesNotDoIsSaidInALine(Upstream.Kind kind) throws Exception {
    try (FakeProxy proxy = new FakeProxy(kind, "", Map.of())) {
      Upstream by = proxy.upstream(Optional.empty());
      assertThat(town.person(Reach.of(List.of(NOWHERE)).by(by)).disconnected())
          .isEqualTo(
              NOWHERE
                  + ": the proxy "
                  + proxy.url()
                  + (kind == Upstream.Kind.HTTP
                      ? ": it answers 502 Bad Gateway"
                      : ": it does not reach that host, or finds no such name"));
      Upstream none = new Upstream(kind, blocked.host(), blocked.port(), Optional.empty());
      assertThat(town.person(Reach.of(List.of(NOWHERE)).by(none)).disconnected())
          .contains("the proxy " + none + ": cannot connect");
    }
  }

  @Test
  void aProxyOfAnotherKindIsNamed() throws Exception {
    try (FakeProxy proxy = new FakeProxy(Upstream.Kind.SOCKS5, "", Map.of())) {
      Upstream http = Upstream.parse(proxy.url().replace("socks5", "http"), Optional.empty());
      assertThat(town.person(Reach.of(List.of(NOWHERE)).by(http)).disconnected())
          .isEqualTo(NOWHERE + ": the proxy " + http + ": it closed the connection");
    }
  }

  @Test
  void whoeverMeansToMeetsOthersOnTheSameHostAlsoByAFreddieElsewhere() throws Exception {
    assumeTrue(Files.size(Path.of("/etc/machine-id")) > 1, "nothing names this host");
    try (FakeProxy proxy = new FakeProxy(Upstream.Kind.HTTP, "", Map.of())) {
      Reach elsewhere = Reach.of(List.of(town.url())).by(proxy.upstream(Optional.empty()));
      Person volunteer = town.person(elsewhere);
      volunteer.offers(1);
      Await.until("it offers", () -> town.metric("freddie_producers_free") == 1);
      Person alice = town.person(elsewhere);
      alice.wishes(1);
      Await.until("she waits", () -> town.metric("freddie_consumers_waiting") == 1);
      Person tester = town.person(elsewhere, true);
      tester.wishes(1);
      assertThat(tester.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
      assertThat(alice.unasked()).isEmpty();
    }
  }

  @Test
  void theNextStartBeginsWithWhatWorked() throws Exception {
    Path file = directory.resolve("routes");
    Reach reach = new Reach(List.of(blocked, front(FRONT, FREDDIE)), tls);
    Person alice = town.person(reach.remembering(RouteMemory.load(file, Instant.now())));
    assertThat(alice.disconnected()).startsWith(blocked.toString());
    alice.connected();
    Await.until("it is written down", () -> Files.exists(file));
    Person again = town.person(reach.remembering(RouteMemory.load(file, Instant.now())));
    again.connected();
    assertThat(again.troubles()).isEmpty();
  }

  @Test
  void anOperatorsListLeadsThereWhenAllElseIsBlocked() throws Exception {
    Identity operator = Identity.generate(new SecureRandom());
    try (FakeCdn other =
            new FakeCdn(
                authority.certify("cdn", "EC", Duration.ofDays(1)),
                Map.of(FREDDIE, town.address()));
        Town known = new Town()) {
      String url = "https://" + FREDDIE + "/#front=127.0.0.1:" + other.port();
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      ReachList list =
          new ReachList(1, now, now.plusSeconds(3600), List.of(url), List.of("192.0.2.9:3478"));
      Path file = directory.resolve("signed");
      Files.write(file, SignedListCodec.sign(list, operator).document().toArray());
      ListBoard board = CommandLine.populateCommand(new ListBoard(), "--list", file.toString());
      board.read();
      known.show(board);
      Reach reach = new Reach(List.of(Route.of(known.url())), tls);
      Person alice = town.person(reach.listed(ListKeeper.load(operator.nodeId(), directory)));
      assertThat(alice.connected()).doesNotContain("192.0.2.9:3478");
      Await.until("the list is kept", () -> kept(operator));
      known.stopFreddie();
      assertThat(alice.connected()).contains("192.0.2.9:3478").hasSize(2);
      assertThat(other.visits()).contains(" " + FREDDIE);
      Person next = town.person(reach.listed(ListKeeper.load(operator.nodeId(), directory)));
      assertThat(next.disconnected()).startsWith(known.url().toString());
      assertThat(next.connected()).contains("192.0.2.9:3478");
    }
  }

  private boolean kept(Identity operator) {
    return ListKeeper.load(operator.nodeId(), directory).list(Instant.now()).isPresent();
  }

  /** As {@code https://FREDDIE/#front=NAME}, but the front's name leads to us. */
  private Route front(String name, String freddie) {
    return new Route(
        "by a front", "127.0.0.1", cdn.port(), Optional.of(name), freddie, "", Optional.empty());
  }
}
