// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;
import tollway.lab.Await;
import tollway.loop.NettyLoops;
import tollway.webrtc.dtls.Greetings;

/** Our data channels against Google's library in this process, over an address of this host. */
final class DataChannelNativeIT {
  private static final ChannelOptions DATAGRAMS = ChannelOptions.unreliable("datagrams");
  private static final ChannelOptions STREAM = ChannelOptions.reliable("stream");
  private static final int COUNT = 150;
  private static final int SIZE = 20_000;

  private static PeerConnectionFactory factory;
  private static AudioDeviceModule silence;
  private static NettyLoops loops;

  private NativePeer library;
  private final List<OurPeer> peers = new ArrayList<>();

  @BeforeAll
  static void load() throws Exception {
    if (!hasNetwork()) {
      throw skipped("needs a network interface besides loopback");
    }
    try {
      silence = new AudioDeviceModule(AudioLayer.kDummyAudio);
      factory = new PeerConnectionFactory(silence);
    } catch (LinkageError | RuntimeException unloadable) {
      // Another processor, or a host without the sound and screen libraries that it wants.
      throw skipped("webrtc-java does not load here: " + unloadable);
    }
    loops = new NettyLoops(1);
  }

  private static TestAbortedException skipped(String reason) {
    System.err.println("SKIPPED: " + reason);
    return new TestAbortedException(reason);
  }

  private static boolean hasNetwork() throws Exception {
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (each.isUp() && !each.isLoopback() && each.getInetAddresses().hasMoreElements()) {
        return true;
      }
    }
    return false;
  }

  @AfterAll
  static void unload() {
    if (loops != null) {
      factory.dispose();
      silence.dispose();
      loops.close();
    }
  }

  @BeforeEach
  void create() {
    library = new NativePeer(factory);
  }

  @AfterEach
  void hangUp() {
    peers.forEach(OurPeer::close);
    library.close();
  }

  private OurPeer connect(boolean weOffer, ChannelOptions channel) throws Exception {
    OurPeer peer;
    if (weOffer) {
      peer = OurPeer.offer(loops.next(), library, channel);
    } else {
      library.opens(channel);
      library.offers();
      peer = OurPeer.answer(loops.next(), library);
    }
    peers.add(peer);
    return peer;
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void opensAndCarriesBothWays(boolean weOffer, boolean reliable) throws Exception {
    ChannelOptions options = reliable ? STREAM : DATAGRAMS;
    OurPeer.Line ours = connect(weOffer, options).open(options.label());
    NativePeer.Kept theirs = library.channel(options.label());
    assertThat(ours.channel.options()).isEqualTo(options);
    assertThat(theirs.channel.isOrdered()).isEqualTo(options.ordered());
    assertThat(theirs.channel.isReliable()).isEqualTo(reliable);
    for (int size : new int[] {1, 1_200, 4_900, 30_000}) {
      byte[] message = new byte[size];
      new Random(size).nextBytes(message);
      theirs.send(message, true);
      assertThat(ours.receive()).isEqualTo(message);
      ours.send(message);
      assertThat(theirs.receive()).isEqualTo(message);
    }
    theirs.send("grüße, 世界".getBytes(UTF_8), false);
    assertThat(ours.receive()).asString(UTF_8).isEqualTo("grüße, 世界");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesAHelloOfAnOperator(boolean greatest) throws Exception {
    library.opens(STREAM);
    library.offers();
    PeerConfig config =
        PeerConfig.defaults()
            .withHellos(List.of(greatest ? Greetings.GREATEST : Greetings.CHROMIUM));
    OurPeer peer = OurPeer.answer(loops.next(), library, config);
    peers.add(peer);
    OurPeer.Line ours = peer.open("stream");
    library.channel("stream").send("taken".getBytes(UTF_8), true);
    assertThat(ours.receive()).asString().isEqualTo("taken");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void megabytesArriveWholeAndInOrder(boolean weOffer) throws Exception {
    OurPeer.Line ours = connect(weOffer, STREAM).open("stream");
    NativePeer.Kept theirs = library.channel("stream");
    List<byte[]> messages = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < COUNT; i++) {
      messages.add(new byte[SIZE]);
      random.nextBytes(messages.get(i));
    }
    ours.send(messages);
    for (byte[] message : messages) {
      assertThat(theirs.receive()).isEqualTo(message);
    }
    for (byte[] message : messages) {
      // Bursts beyond this make the library's sender stall.
      Await.until("room to send", () -> theirs.channel.getBufferedAmount() < 128 * 1024);
      theirs.send(message, true);
    }
    for (byte[] message : messages) {
      assertThat(ours.receive()).isEqualTo(message);
    }
  }

  @Test
  void aChannelThatTheLibraryCloses_closesHereAndTheConnectionStays() throws Exception {
    OurPeer peer = connect(false, DATAGRAMS);
    OurPeer.Line ours = peer.open("datagrams");
    library.channel("datagrams").channel.close();
    assertThat(ours.closed.get(10, TimeUnit.SECONDS)).contains("closed the channel");
    assertThat(library.channel("datagrams").closed.get(10, TimeUnit.SECONDS)).isNotEmpty();
    assertThat(peer.closed).isNotDone();
  }

  @Test
  void aChannelThatWeClose_closesThere() throws Exception {
    OurPeer peer = connect(true, DATAGRAMS);
    peer.open("datagrams").close();
    assertThat(library.channel("datagrams").closed.get(10, TimeUnit.SECONDS)).isNotEmpty();
    assertThat(peer.closed).isNotDone();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatTheLibraryCloses_closesHere(boolean weOffer) throws Exception {
    OurPeer peer = connect(weOffer, DATAGRAMS);
    OurPeer.Line ours = peer.open("datagrams");
    library.close();
    assertThat(peer.closed.get(3, TimeUnit.SECONDS)).contains("peer");
    assertThat(ours.closed.get(3, TimeUnit.SECONDS)).contains("peer");
  }

  @Test
  void aConnectionThatWeClose_closesThere() throws Exception {
    OurPeer peer = connect(true, DATAGRAMS);
    peer.open("datagrams");
    peer.close();
    assertThat(library.channel("datagrams").closed.get(10, TimeUnit.SECONDS)).isNotEmpty();
  }
}
