// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tollway.lab.Browser;
import tollway.lab.Netns;
import tollway.loop.NettyLoops;
import tollway.webrtc.dtls.Greetings;
import tollway.webrtc.dtls.HelloProfile;

/**
 * Our data channels against those of a real browser, as it comes: its candidates are hidden behind
 * mDNS names that we cannot resolve. It lives in a network namespace, we outside, a cable between.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class BrowserCases {
  static final ChannelOptions DATAGRAMS = ChannelOptions.unreliable("datagrams");
  private static final ChannelOptions STREAM = ChannelOptions.reliable("stream");
  private static final int[] SIZES = {1, 1200, 16_384, 65_536, 262_144};
  private static final int POURED = 5_000_000;

  Netns net;
  private Browser browser;
  private NettyLoops loops;
  PagePeer page;
  private final List<OurPeer> peers = new ArrayList<>();

  /** Who makes the offer; the other one answers and is the DTLS client. */
  enum Offerer {
    PAGE,
    WE
  }

  /** Says why and skips when this machine has none. */
  abstract void require();

  /** One with the preferences that it comes with. */
  abstract Browser start(List<String> prefix, Path profile) throws Exception;

  @BeforeAll
  void start(@TempDir Path profile) throws Exception {
    require();
    Netns.require("ip");
    net = Netns.create();
    // Two runs at a time shall not meet.
    net.cableToHost("wire", "10.77." + ProcessHandle.current().pid() % 250);
    browser = start(net.prefix(), profile);
    loops = new NettyLoops(1);
  }

  @AfterAll
  void stop() throws Exception {
    if (browser != null) {
      browser.stop();
    }
    if (net != null) {
      net.close();
    }
    if (loops != null) {
      loops.close();
    }
  }

  @BeforeEach
  void openPage() throws Exception {
    page = PagePeer.open(browser);
    peers.clear();
  }

  @AfterEach
  void hangUp() {
    peers.forEach(OurPeer::close);
    assertThat(browser.complaints()).isEmpty();
  }

  OurPeer connect(Offerer offerer, ChannelOptions... channels) throws Exception {
    OurPeer peer;
    if (offerer == Offerer.WE) {
      assertThat(channels).hasSize(1);
      peer = OurPeer.offer(loops.next(), page, channels[0]);
    } else {
      for (ChannelOptions channel : channels) {
        page.opens(channel);
      }
      page.offers();
      peer = OurPeer.answer(loops.next(), page);
    }
    peers.add(peer);
    return peer;
  }

  @Test
  void aPageOpensBothKindsOnOneConnection() throws Exception {
    OurPeer peer = connect(Offerer.PAGE, DATAGRAMS, STREAM);
    OurPeer.Line datagrams = peer.open("datagrams");
    OurPeer.Line stream = peer.open("stream");
    assertThat(datagrams.channel.options()).isEqualTo(DATAGRAMS);
    assertThat(stream.channel.options()).isEqualTo(STREAM);
    assertThat(datagrams.channel.maxMessageBytes()).isEqualTo(262_144);
    assertEchoes(datagrams);
    assertEchoes(stream);
    assertThat(peer.heardCandidates)
        .as("the browser hides its addresses")
        .anyMatch(line -> line.contains(".local "))
        .noneMatch(line -> line.contains(" 10.77."));
  }

  /** Each time our ClientHello looks different. */
  @Test
  void thePageTakesEveryFaceOfOurs() throws Exception {
    for (int i = 0; i < 12; i++) {
      page = PagePeer.open(browser);
      OurPeer peer = connect(Offerer.PAGE, DATAGRAMS);
      assertEchoes(peer.open("datagrams"));
      peer.close();
    }
  }

  @Test
  void thePageTakesHellosOfAnOperator() throws Exception {
    for (HelloProfile hello : List.of(Greetings.CHROMIUM, Greetings.GREATEST)) {
      page = PagePeer.open(browser);
      page.opens(DATAGRAMS);
      page.offers();
      PeerConfig config = PeerConfig.defaults().withHellos(List.of(hello));
      OurPeer peer = OurPeer.answer(loops.next(), page, config);
      peers.add(peer);
      assertEchoes(peer.open("datagrams"));
    }
  }

  @Test
  void weOpenDatagrams() throws Exception {
    OurPeer peer = connect(Offerer.WE, DATAGRAMS);
    assertEchoes(peer.open("datagrams"));
    assertThat(page.member("datagrams", "channel.ordered")).isEqualTo("false");
    assertThat(page.member("datagrams", "channel.maxRetransmits")).isEqualTo("0");
  }

  @Test
  void weOpenAStream() throws Exception {
    OurPeer peer = connect(Offerer.WE, STREAM);
    assertEchoes(peer.open("stream"));
    assertThat(page.member("stream", "channel.ordered")).isEqualTo("true");
    assertThat(page.member("stream", "channel.maxRetransmits")).isEqualTo("null");
  }

  /** The page says it, we send back what we got, the page hears it. */
  void assertEchoes(OurPeer.Line line) throws Exception {
    assertEcho(line, "'grüße, 世界'", "grüße, 世界".getBytes(UTF_8));
    assertEcho(line, "new Uint8Array([0, 1, 128, 255])", new byte[] {0, 1, (byte) 128, (byte) 255});
    assertEcho(line, "'x'.repeat(20000)", "x".repeat(20_000).getBytes(UTF_8));
    assertEcho(line, "''", new byte[0]);
    assertEcho(line, "new ArrayBuffer(0)", new byte[0]);
  }

  private void assertEcho(OurPeer.Line line, String expression, byte[] bytes) throws Exception {
    String label = line.channel.options().label();
    page.member(label, "channel.send(" + expression + ")");
    assertThat(line.receive()).isEqualTo(bytes);
    line.send(bytes);
    page.awaitMember(label, "messages.length == 1");
    assertThat(page.browser().evaluate("hear('" + label + "')"))
        .isEqualTo("binary " + HexFormat.of().formatHex(bytes));
  }

  @ParameterizedTest
  @EnumSource
  void megabytesArriveWholeBothWaysAtOnce(Offerer offerer) throws Exception {
    OurPeer peer = connect(offerer, STREAM);
    OurPeer.Line stream = peer.open("stream");
    byte[] ours = new byte[POURED];
    new Random(1).nextBytes(ours);
    stream.send(split(ours));
    browser.evaluate("pour('stream', " + Arrays.toString(SIZES) + ", " + POURED + ")");
    MessageDigest heard = MessageDigest.getInstance("SHA-256");
    for (int left = POURED, turn = 0; left > 0; turn++) {
      byte[] message = stream.receive();
      assertThat(message).hasSize(Math.min(left, SIZES[turn % SIZES.length]));
      heard.update(message);
      left -= message.length;
    }
    page.awaitMember("stream", "poured != ''");
    assertThat(page.member("stream", "poured")).isEqualTo(HexFormat.of().formatHex(heard.digest()));
    page.awaitMember("stream", "total == " + POURED);
    browser.evaluate("digest('stream')");
    page.awaitMember("stream", "digest != ''");
    assertThat(page.member("stream", "digest")).isEqualTo(sha256(ours));
    assertThat(page.member("stream", "messages.length")).isEqualTo("" + split(ours).size());
  }

  private static List<byte[]> split(byte[] all) {
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at < all.length; at += parts.get(parts.size() - 1).length) {
      int size = SIZES[parts.size() % SIZES.length];
      parts.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
    }
    return parts;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @ParameterizedTest
  @EnumSource
  void datagramsGoThereAndBackIntactAndOnce(Offerer offerer) throws Exception {
    OurPeer peer = connect(offerer, DATAGRAMS);
    OurPeer.Line datagrams = peer.open("datagrams");
    page.member("datagrams", "echoes = true");
    int count = 400;
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(datagram(i));
    }
    datagrams.send(messages);
    Set<Integer> seen = new HashSet<>();
    // The browser's socket drops what comes faster than it reads; the most of them arrive.
    while (seen.size() < count / 2) {
      byte[] message = datagrams.receive();
      int number = ByteBuffer.wrap(message).getInt();
      assertThat(message).isEqualTo(datagram(number));
      assertThat(seen.add(number)).as("message %s came once", number).isTrue();
    }
  }

  /** Of the size that several QUIC packets make together. */
  private static byte[] datagram(int number) {
    byte[] message = new byte[4_900];
    new Random(number).nextBytes(message);
    ByteBuffer.wrap(message).putInt(number);
    return message;
  }

  @Test
  void aChannelThatThePageCloses_closesHereAndTheConnectionStays() throws Exception {
    OurPeer peer = connect(Offerer.PAGE, DATAGRAMS, STREAM);
    OurPeer.Line datagrams = peer.open("datagrams");
    OurPeer.Line stream = peer.open("stream");
    page.member("datagrams", "channel.close()");
    assertThat(datagrams.closed.get(10, TimeUnit.SECONDS)).contains("closed the channel");
    page.awaitMember("datagrams", "closed");
    assertThat(peer.closed).isNotDone();
    assertEchoes(stream);
  }

  @Test
  void aChannelThatWeClose_closesThereAndItsStreamIsUsedAgain() throws Exception {
    OurPeer peer = connect(Offerer.PAGE, DATAGRAMS, STREAM);
    OurPeer.Line stream = peer.open("stream");
    peer.open("datagrams").close();
    String freed = page.member("datagrams", "channel.id");
    page.awaitMember("datagrams", "closed");
    for (int i = 0; i < 5; i++) {
      ChannelOptions again = ChannelOptions.unreliable("again" + i);
      page.opens(again);
      OurPeer.Line line = peer.open(again.label());
      assertThat(page.member(again.label(), "channel.id")).isEqualTo(freed);
      assertEchoes(line);
      line.close();
      page.awaitMember(again.label(), "closed");
    }
    assertEchoes(stream);
    assertThat(peer.closed).isNotDone();
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatThePageCloses_closesHere(Offerer offerer) throws Exception {
    OurPeer peer = connect(offerer, DATAGRAMS);
    OurPeer.Line datagrams = peer.open("datagrams");
    browser.evaluate("connection.close()");
    // Sooner than a silent peer would be noticed.
    assertThat(peer.closed.get(3, TimeUnit.SECONDS)).contains("peer");
    assertThat(datagrams.closed.get(3, TimeUnit.SECONDS)).contains("peer");
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatWeClose_closesThere(Offerer offerer) throws Exception {
    OurPeer peer = connect(offerer, DATAGRAMS);
    OurPeer.Line datagrams = peer.open("datagrams");
    peer.close();
    page.awaitMember("datagrams", "closed");
    assertThat(datagrams.closed).isNotDone();
  }

  @Test
  void aPageThatIsLeftIsHeardAtOnce() throws Exception {
    OurPeer peer = connect(Offerer.WE, DATAGRAMS);
    OurPeer.Line datagrams = peer.open("datagrams");
    browser.open("about:blank");
    assertThat(peer.closed.get(30, TimeUnit.SECONDS)).isNotEmpty();
    assertThat(datagrams.closed.get(30, TimeUnit.SECONDS)).isNotEmpty();
  }

  @Test
  @Order(Integer.MAX_VALUE) // The browser is gone afterwards.
  void aBrowserThatIsKilledIsNoticed() throws Exception {
    OurPeer peer = connect(Offerer.WE, DATAGRAMS);
    OurPeer.Line datagrams = peer.open("datagrams");
    browser.kill();
    assertThat(peer.closed.get(30, TimeUnit.SECONDS)).contains("silent for 4000 ms");
    assertThat(datagrams.closed.get(30, TimeUnit.SECONDS)).contains("silent for 4000 ms");
  }
}
