// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.lab.Await;

/** The same where QUIC does not exist, and ends that know different things. */
final class DtlsTransportTest extends SessionTest {
  private static final Set<TransportKind> BOTH = Set.of(TransportKind.QUIC, TransportKind.DTLS);

  @Override
  Set<TransportKind> transports() {
    return Set.of(TransportKind.DTLS);
  }

  @Test
  void whoKnowsBothGoesAlongWithWhoKnowsOne() throws Exception {
    Desktop rich = new Desktop(EGRESS.nodeId(), false, BOTH);
    rich.path(egress, "to a poor egress");
    rich.ready.get(30, TimeUnit.SECONDS);
    assertThat(rich.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");

    Identity other = Identity.generate(new SecureRandom());
    SessionServer richEgress = server(other, BOTH);
    Desktop poor = new Desktop(other.nodeId());
    poor.path(richEgress, "from a poor desktop");
    poor.ready.get(30, TimeUnit.SECONDS);
    assertThat(poor.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
  }

  @Test
  void handshakesThatNobodyGoesOnWithAreFew() throws Exception {
    for (int i = 0; i < 3 * SessionServer.MOST_SHAKING; i++) {
      Identity nobody = Identity.generate(new SecureRandom());
      MalloryPath path = new MalloryPath(egress);
      Await.until("a question", () -> !path.heard.isEmpty());
      PathFrame asked = PathFrameCodec.decode(path.heard.get(0).toBuffer());
      Bytes nonce = ((PathFrame.Challenge) asked).nonce();
      Bytes proof = PathFrame.attachProof(EGRESS.nodeId(), nonce, TransportKind.DTLS);
      path.say(
          PathFrameCodec.encode(
              new PathFrame.Attach(nobody.nodeId(), TransportKind.DTLS, nobody.sign(proof))));
      Await.until("it is taken", () -> path.heard.contains(Bytes.of((byte) 0x12)));
    }
    Await.until("few threads are left", () -> handshakes() <= SessionServer.MOST_SHAKING);
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "one");
    desktop.ready.get(30, TimeUnit.SECONDS);
    assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
  }

  private static long handshakes() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("dtls-handshake"))
        .count();
  }

  @Test
  void whoHasNothingInCommonIsToldSo() throws Exception {
    Desktop modern = new Desktop(EGRESS.nodeId(), false, Set.of(TransportKind.QUIC));
    modern.path(egress, "one");
    modern.await("one", PathState.DEAD);
    assertThat(modern.ready).isNotDone();
  }
}
