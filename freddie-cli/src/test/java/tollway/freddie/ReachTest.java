// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.lab.Await;
import tollway.lab.TestCertificates;
import tollway.reach.ClientTls;
import tollway.reach.Reach;
import tollway.reach.Route;
import tollway.tls.ServerTls;

/** Our client where its freddie is blocked. */
final class ReachTest {
  private static final String FREDDIE = "freddie.example";
  private static final String FRONT = "cdn.example.com";

  private Town town;
  private FakeCdn cdn;
  private ClientTls tls;
  private Route blocked;

  @BeforeEach
  void open() throws Exception {
    TestCertificates authority = new TestCertificates();
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

  /** As {@code https://FREDDIE/#front=NAME}, but the front's name leads to us. */
  private Route front(String name, String freddie) {
    return new Route("by a front", "127.0.0.1", cdn.port(), Optional.of(name), freddie, "");
  }
}
