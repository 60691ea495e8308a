// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.loop.ManualEventLoop;

/** What can be seen of the socket without a second node; the rest is in {@code LinkSocketIT}. */
final class LinkSocketTest {
  private static final Bytes PAYLOAD = Bytes.ofUtf8("hello");

  private final ManualEventLoop loop = new ManualEventLoop();

  private static final class Deaf implements LinkListener {
    @Override
    public void datagram(LinkDatagram datagram) {
      throw new AssertionError("nothing may be delivered: " + datagram);
    }

    @Override
    public void up(LinkInterface on) {
      throw new AssertionError("no interface was wanted: " + on);
    }

    @Override
    public void down(LinkInterface on) {}
  }

  private LinkSocket open(int port) throws Exception {
    LinkConfig config = new LinkConfig(List.of("no-such-link*"), port, 8481, 64);
    return LinkSocket.open(loop, config, new Deaf());
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    LinkSocket first = open(0);
    assertThatThrownBy(() -> open(first.localPort()))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("UDP port " + first.localPort());
    first.close();
  }

  @Test
  void whatComesFromNoLinkIsCountedAndDropped() throws Exception {
    LinkSocket socket = open(0);
    loop.runReady();
    try (DatagramChannel stranger = DatagramChannel.open()) {
      InetSocketAddress to =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.localPort());
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (socket.counters().offLink() == 0 && System.nanoTime() < deadline) {
        stranger.send(ByteBuffer.wrap(PAYLOAD.toArray()), to);
        Thread.onSpinWait();
      }
    }
    loop.runReady();
    assertThat(socket.counters().offLink()).isPositive();
    socket.close();
  }

  @Test
  void nothingIsSentWithoutSayingOnWhichLink() throws Exception {
    LinkSocket socket = open(0);
    Bytes address = Bytes.ofHex("fe80000000000000dcbbfbfffe7dafca");
    InetAddress unscoped = Inet6Address.getByAddress(address.toArray());
    assertThatThrownBy(() -> socket.send(PAYLOAD, new InetSocketAddress(unscoped, 8481)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(socket.multicast(new LinkInterface("not-up", 999, address), PAYLOAD)).isFalse();
    assertThat(socket.counters().notSent()).isEqualTo(1);
    socket.close();
    assertThat(socket.send(PAYLOAD, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)))
        .isFalse();
  }
}
