// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.loop.NettyLoops;

final class IceAgentTest {
  private static final IceConfig LOOPBACK = IceConfig.defaults().withLoopback(true);

  private final NettyLoops loops = new NettyLoops(2);

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void twoAgentsConnectAndCarryDatagramsBothWays() throws Exception {
    IcePeer alice = new IcePeer(loops.next(), LOOPBACK, IceRole.CONTROLLING);
    IcePeer bob = new IcePeer(loops.next(), LOOPBACK, IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    alice.awaitConnected();
    bob.awaitConnected();

    alice.send("hello Bob");
    assertThat(bob.awaitDatagram()).isEqualTo("hello Bob");
    bob.send("hello Alice");
    assertThat(alice.awaitDatagram()).isEqualTo("hello Alice");

    alice.close();
    bob.close();
    assertThat(alice.callsAfterClose + bob.callsAfterClose).isZero();
  }
}
