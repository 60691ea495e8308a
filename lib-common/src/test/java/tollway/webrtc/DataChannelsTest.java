// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.ManualEventLoop;
import tollway.webrtc.sctp.PacketSink;
import tollway.webrtc.sctp.SctpAssociation;
import tollway.webrtc.sctp.SctpConfig;
import tollway.webrtc.sctp.SctpListener;

/** Bob's channels; Mallory, at the other end, writes on bare streams. */
final class DataChannelsTest {
  private static final SctpConfig CONFIG =
      new SctpConfig(5000, 5000, 1228, List.of(), 1 << 20, 1 << 20, 256 << 10);

  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<DataChannel> opened = new ArrayList<>();
  private final List<String> bobHeard = new ArrayList<>();
  private final Raw malloryHeard = new Raw();
  private final SctpAssociation mallory = association(this::toBob, malloryHeard);
  private final SctpAssociation bob = association(this::toMallory, new Hands());
  private final DataChannels channels = new DataChannels(bob, false, 1000, this::opened);

  private static final class Raw implements SctpListener {
    final List<String> messages = new ArrayList<>();
    final List<Integer> resets = new ArrayList<>();

    @Override
    public void established() {}

    @Override
    public void message(int stream, int ppid, ByteBuf message) {
      messages.add(stream + " " + ppid + " " + Bytes.of(message.nioBuffer()).hex());
      message.release();
    }

    @Override
    public void writable(int stream) {}

    @Override
    public void peerReset(int stream) {
      resets.add(stream);
    }

    @Override
    public void ownReset(int stream) {}

    @Override
    public void closed(String why) {}
  }

  /** As {@link PeerConnection} does. */
  private final class Hands implements SctpListener {
    @Override
    public void established() {}

    @Override
    public void message(int stream, int ppid, ByteBuf message) {
      channels.message(stream, ppid, message);
    }

    @Override
    public void writable(int stream) {
      channels.writable(stream);
    }

    @Override
    public void peerReset(int stream) {
      channels.peerReset(stream);
    }

    @Override
    public void ownReset(int stream) {
      channels.ownReset(stream);
    }

    @Override
    public void closed(String why) {
      channels.closed(why);
    }
  }

  private SctpAssociation association(PacketSink sink, SctpListener listener) {
    return new SctpAssociation(loop, CONFIG, new SecureRandom(), sink, listener);
  }

  private void toBob(ByteBuf packet) {
    ByteBuf copy = Unpooled.copiedBuffer(packet);
    loop.execute(() -> bob.receive(copy));
  }

  private void toMallory(ByteBuf packet) {
    ByteBuf copy = Unpooled.copiedBuffer(packet);
    loop.execute(() -> mallory.receive(copy));
  }

  private void opened(DataChannel channel) {
    opened.add(channel);
    channel.listener(
        new DataChannel.Listener() {
          @Override
          public void onMessage(ByteBuf message) {
            bobHeard.add(message.toString(UTF_8));
            message.release();
          }

          @Override
          public void onClosed(String why) {
            bobHeard.add("closed: " + why);
          }
        });
  }

  @BeforeEach
  void connect() {
    mallory.connect();
    bob.connect();
    settle();
  }

  private void settle() {
    loop.advance(Duration.ofMillis(500));
  }

  private void says(int stream, int ppid, String hex) {
    try {
      mallory.send(stream, ppid, true, -1, Unpooled.wrappedBuffer(Bytes.ofHex(hex).toArray()));
    } catch (MalformedBytesException notHex) {
      throw new AssertionError(notHex);
    }
    settle();
  }

  private static String open(String label) {
    return DcepCodec.encode(new DcepMessage.Open(ChannelOptions.reliable(label))).hex();
  }

  private static String hex(String text) {
    return Bytes.ofUtf8(text).hex();
  }

  @Test
  void thePeersChannelIsAnsweredAndCarriesTextBytesAndNothing() {
    says(4, SctpDataChannel.PPID_DCEP, open("x"));
    assertThat(opened).hasSize(1);
    assertThat(opened.get(0).options()).isEqualTo(ChannelOptions.reliable("x"));
    assertThat(malloryHeard.messages).containsExactly("4 50 02");
    says(4, SctpDataChannel.PPID_BINARY, hex("bytes"));
    says(4, SctpDataChannel.PPID_STRING, hex("text"));
    says(4, SctpDataChannel.PPID_BINARY_EMPTY, "00");
    says(4, SctpDataChannel.PPID_STRING_EMPTY, "00");
    says(4, 99, hex("unknown"));
    assertThat(bobHeard).containsExactly("bytes", "text", "", "");
    opened.get(0).send(Unpooled.EMPTY_BUFFER);
    settle();
    assertThat(malloryHeard.messages).last().isEqualTo("4 57 00");
  }

  @Test
  void ourOwnChannelIsOrderedUntilThePeerKnowsIt() {
    channels.open(new ChannelOptions("x", false, OptionalInt.of(0)));
    opened.get(0).send(Unpooled.copiedBuffer("early", UTF_8));
    settle();
    assertThat(malloryHeard.messages)
        .containsExactly("1 50 03810100000000000001000078", "1 53 " + hex("early"));
    says(1, SctpDataChannel.PPID_DCEP, "02");
    opened.get(0).send(Unpooled.copiedBuffer("late", UTF_8));
    settle();
    assertThat(malloryHeard.messages).last().isEqualTo("1 53 " + hex("late"));
  }

  @Test
  void whatIsNotOurs_OrNotThePeersToSay_IsIgnored() {
    says(4, SctpDataChannel.PPID_BINARY, hex("no channel"));
    says(4, SctpDataChannel.PPID_DCEP, "02");
    says(3, SctpDataChannel.PPID_DCEP, open("an odd one is Bob's"));
    assertThat(opened).isEmpty();
    says(4, SctpDataChannel.PPID_DCEP, open("x"));
    says(4, SctpDataChannel.PPID_DCEP, open("again"));
    assertThat(opened).hasSize(1);
    assertThat(malloryHeard.resets).isEmpty();
  }

  @Test
  void whatCannotBeReadIsClosed() {
    says(6, SctpDataChannel.PPID_DCEP, "ff");
    assertThat(malloryHeard.resets).containsExactly(6);
    assertThat(opened).isEmpty();
  }

  @Test
  void thePeerGetsSoManyChannelsAndNoMoreUntilItClosesSome() {
    for (int i = 0; i < DataChannels.MOST_CHANNELS + 1; i++) {
      says(2 * i, SctpDataChannel.PPID_DCEP, open("x"));
    }
    assertThat(opened).hasSize(DataChannels.MOST_CHANNELS);
    assertThat(malloryHeard.resets).containsExactly(2 * DataChannels.MOST_CHANNELS);
    mallory.reset(0);
    settle();
    assertThat(bobHeard).containsExactly("closed: the peer closed the channel");
    assertThat(malloryHeard.resets).contains(0);
    says(0, SctpDataChannel.PPID_DCEP, open("a new one"));
    assertThat(opened).hasSize(DataChannels.MOST_CHANNELS + 1);
  }

  @Test
  void closingOneChannelLeavesTheOther() {
    says(0, SctpDataChannel.PPID_DCEP, open("one"));
    says(2, SctpDataChannel.PPID_DCEP, open("two"));
    opened.get(0).close();
    settle();
    assertThat(malloryHeard.resets).containsExactly(0);
    assertThat(opened.get(0).isWritable()).isFalse();
    says(0, SctpDataChannel.PPID_BINARY, hex("too late"));
    says(2, SctpDataChannel.PPID_BINARY, hex("in time"));
    assertThat(bobHeard).containsExactly("in time");
  }

  @Test
  void aMessageLargerThanThePeerTakesIsNotSent() {
    says(0, SctpDataChannel.PPID_DCEP, open("x"));
    ByteBuf large = Unpooled.buffer().writeZero(1001);
    assertThat(opened.get(0).send(large)).isFalse();
    assertThat(large.refCnt()).isZero();
    assertThat(opened.get(0).send(Unpooled.buffer().writeZero(1000))).isTrue();
  }
}
