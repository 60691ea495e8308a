// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DatagramPeersTest {
  private static final Destination ALICE = new Destination("alice.example", 53);
  private static final InetSocketAddress AT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);
  private static final InetSocketAddress ELSEWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 54);

  private final List<ByteBuf> dropped = new ArrayList<>();
  private final List<ByteBuf> sent = new ArrayList<>();
  private final DatagramPeers peers = new DatagramPeers(dropped::add);

  @Test
  void whatWaitsForAnAddressIsSentWhenItIsKnown() {
    DatagramPeers.Peer peer = peers.admit(ALICE, 0).orElseThrow();
    for (int i = 0; i < 4; i++) {
      assertThat(peer.await(Unpooled.EMPTY_BUFFER)).isTrue();
    }
    assertThat(peer.await(Unpooled.EMPTY_BUFFER)).as("a fifth").isFalse();
    peers.isAt(ALICE, peer, AT, sent::add);
    assertThat(sent).hasSize(4);
    assertThat(peers.find(ALICE, 1)).containsSame(peer);
    assertThat(peer.address()).contains(AT);
  }

  @Test
  void onlyTheAddressThatWasSentToMayAnswer() {
    peers.isAt(ALICE, peers.admit(ALICE, 0).orElseThrow(), AT, sent::add);
    assertThat(peers.expects(AT)).isTrue();
    assertThat(peers.expects(ELSEWHERE)).as("another port").isFalse();
  }

  @Test
  void anAddressIsExpectedAsLongAsOneOfItsNamesIsKnown() {
    Destination literal = new Destination("192.0.2.1", 53);
    peers.isAt(literal, peers.admit(literal, 0).orElseThrow(), AT, sent::add);
    peers.isAt(ALICE, peers.admit(ALICE, 0).orElseThrow(), AT, sent::add);
    assertThat(peers.find(ALICE, DatagramPeers.STALE_NANOS + 1)).as("forgotten").isEmpty();
    assertThat(peers.expects(AT)).isTrue();
    peers.clear();
    assertThat(peers.expects(AT)).isFalse();
  }

  @Test
  void aNameIsLookedUpAgainAfterSilence() {
    peers.isAt(ALICE, peers.admit(ALICE, 0).orElseThrow(), AT, sent::add);
    long later = DatagramPeers.STALE_NANOS;
    assertThat(peers.find(ALICE, later)).isPresent();
    assertThat(peers.find(ALICE, 2 * later)).as("used meanwhile").isPresent();
    assertThat(peers.find(ALICE, 3 * later + 1)).isEmpty();
    assertThat(peers.expects(AT)).isFalse();
  }

  @Test
  void aRefusalHoldsForAWhileHoweverOftenItIsTried() {
    DatagramPeers.Peer peer = peers.admit(ALICE, 0).orElseThrow();
    peer.await(Unpooled.EMPTY_BUFFER);
    peers.refuse(peer);
    assertThat(dropped).hasSize(1);
    assertThat(peers.find(ALICE, DatagramPeers.REFUSED_NANOS).orElseThrow().isRefused()).isTrue();
    assertThat(peers.find(ALICE, DatagramPeers.REFUSED_NANOS + 1)).isEmpty();
  }

  @Test
  void aFullTableMakesRoomOnlyForWhoComesLater() {
    for (int i = 0; i < DatagramPeers.MOST; i++) {
      assertThat(peers.admit(new Destination("192.0.2.1", i + 1), i)).isPresent();
    }
    long later = DatagramPeers.SPENT_NANOS;
    assertThat(peers.admit(ALICE, later - 1)).isEmpty();
    assertThat(peers.find(new Destination("192.0.2.1", 1), later)).as("used again").isPresent();
    assertThat(peers.admit(ALICE, later)).as("the second is still in use").isEmpty();
    assertThat(peers.admit(ALICE, later + 1)).isPresent();
    assertThat(peers.find(new Destination("192.0.2.1", 2), later + 1)).isEmpty();
    assertThat(peers.find(new Destination("192.0.2.1", 1), later + 1)).isPresent();
  }

  @Test
  void anAddressThatComesTooLateIsNotExpected() {
    DatagramPeers.Peer peer = peers.admit(ALICE, 0).orElseThrow();
    peer.await(Unpooled.EMPTY_BUFFER);
    peers.clear();
    assertThat(dropped).hasSize(1);
    peers.isAt(ALICE, peer, AT, sent::add);
    assertThat(peers.expects(AT)).isFalse();
    assertThat(sent).isEmpty();
  }
}
