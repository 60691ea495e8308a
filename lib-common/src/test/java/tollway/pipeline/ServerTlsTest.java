// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.lab.TestCertificates;
import tollway.lab.TestCertificates.Certified;
import tollway.loop.NettyLoops;
import tollway.tls.ServerTls;

final class ServerTlsTest {
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void takesCertificatesWithTheirOwnKeysOnly() throws Exception {
    TestCertificates ca = new TestCertificates();
    Certified one = ca.certify("one", "EC", DAY);
    Certified rsa = ca.certify("two", "RSA", DAY);
    assertThat(ServerTls.of(one.certificate() + ca.authority(), one.key()).context()).isNotNull();
    assertThat(ServerTls.of(rsa.certificate(), rsa.key()).context()).isNotNull();
    refused("not that of the certificate", one.certificate(), ca.certify("x", "EC", DAY).key());
    refused("not that of the certificate", one.certificate(), rsa.key());
    refused("not that of the certificate", ca.authority() + one.certificate(), one.key());
    refused("no certificate", one.key(), one.key());
    refused("no private key", one.certificate(), one.certificate());
    refused("no certificate", "", one.key());
    Certified old = ca.certify("old", "EC", Duration.ofHours(-1));
    refused("expired", old.certificate(), old.key());
    refused("", one.certificate().replace('A', 'B'), one.key());
  }

  @Test
  void damagedFilesAreMalformedAndNothingElse() throws Exception {
    TestCertificates ca = new TestCertificates();
    Certified one = ca.certify("one", "EC", DAY);
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? one.certificate() : one.key());
      for (int i = random.nextInt(5) + 1; i > 0; i--) {
        text.setCharAt(random.nextInt(text.length()), (char) (' ' + random.nextInt(95)));
      }
      try {
        ServerTls.of(text.toString(), round % 2 == 0 ? one.key() : text.toString());
      } catch (MalformedBytesException damaged) {
        assertThat(damaged.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void aVolunteerTrustsOnlyWhomItWasToldAndTheCertificateMayChange() throws Exception {
    TestCertificates ca = new TestCertificates();
    Certified one = ca.certify("one", "EC", DAY);
    Identity identity = Identity.generate(new SecureRandom());
    try (NettyLoops loops = new NettyLoops(2);
        EgressServer egress =
            EgressServer.start(
                loops,
                identity,
                new EgressConfig(
                    new EgressDoor(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.of(ServerTls.of(one.certificate(), one.key())),
                        AccessTokens.NONE,
                        List.of()),
                    new DialPolicy(true, Set.of(), own -> false),
                    Optional.empty(),
                    EgressLimits.DEFAULT))) {
      int port = egress.address().getPort();
      TrustedRoots ours = TrustedRoots.with(ca.authority());
      try (Uplink stranger = uplink(loops, "wss://127.0.0.1:", port, TrustedRoots.SYSTEM);
          Uplink elsewhere = uplink(loops, "wss://localhost:", port, ours);
          Uplink plain = uplink(loops, "ws://127.0.0.1:", port, ours);
          Uplink first = uplink(loops, "wss://127.0.0.1:", port, ours)) {
        assertThat(stranger.whyDown())
            .endsWith("TLS failed: nobody whom this host trusts vouches for the certificate");
        assertThat(elsewhere.whyDown()).endsWith("TLS failed: the certificate is for another name");
        plain.whyDown();
        Uplink.Person person = first.awaitUp().person(identity.nodeId()).awaitReady();
        TestCertificates otherCa = new TestCertificates();
        Certified next = otherCa.certify("next", "RSA", DAY);
        egress.present(ServerTls.of(next.certificate(), next.key()));
        try (Uplink behind = uplink(loops, "wss://127.0.0.1:", port, ours);
            Uplink told =
                uplink(
                    loops,
                    "wss://127.0.0.1:",
                    port,
                    TrustedRoots.with(ca.authority() + otherCa.authority()))) {
          assertThat(behind.whyDown()).contains("TLS failed");
          told.awaitUp();
        }
        assertThat(person.isReady()).as("goes on").isTrue();
        person.close();
      }
    }
  }

  private static Uplink uplink(NettyLoops loops, String url, int port, TrustedRoots roots) {
    return new Uplink(loops.next(), URI.create(url + port), Optional.empty(), roots);
  }

  private static void refused(String why, String chain, String key) {
    assertThatThrownBy(() -> ServerTls.of(chain, key))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(why);
  }
}
