// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/** UDP of a SOCKS5 client through the whole chain, every role a process of its own. */
final class DatagramChainIT {
  /** How long a datagram is waited for that must not come. */
  private static final int SILENCE_MILLIS = 300;

  private static final int ANSWER_MILLIS = 20_000;

  /** Of IPv4, in front of the payload. */
  private static final int HEADER = 10;

  @TempDir private static Path directory;

  private static Chain chain;
  private static JavaProcess exit;
  private static JavaProcess desktop;
  private static String freddie;
  private static String proxy;

  private final Random random = new Random(6);
  private UdpEcho echo;
  private DatagramSocket program;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void startChain() throws Exception {
    chain = new Chain(directory);
    freddie = Chain.text(chain.freddie().event("ready"), "url");
    exit = chain.egress(freddie, "--allow-private");
    String invite = Chain.text(exit.event("ready"), "invite");
    chain.widget(invite, "anna").event("ready");
    desktop = chain.desktop(invite);
    desktop.event("connected");
    proxy = Chain.text(desktop.event("listening"), "proxy");
  }

  @AfterAll
  static void stopChain() {
    chain.close();
  }

  @BeforeEach
  void openSockets() throws IOException {
    echo = new UdpEcho();
    program = socket();
  }

  @AfterEach
  void closeSockets() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    echo.close();
  }

  @Test
  void datagramsGoThereAndBackByAddressAndByName() throws Exception {
    InetSocketAddress relay = associate().relay();
    for (String host : List.of("127.0.0.1", "localhost")) {
      for (int size : new int[] {1, 1200, 9000, 60_000}) {
        byte[] payload = noise(size);
        send(relay, 0, host, echo.port(), payload);
        byte[] answer = receive(ANSWER_MILLIS);
        assertThat(Arrays.copyOfRange(answer, HEADER, answer.length)).isEqualTo(payload);
        byte[] header = SocksClient.datagram(0, "127.0.0.1", echo.port(), new byte[0]);
        assertThat(answer).as("says who answered").startsWith(header);
      }
    }
  }

  @Test
  void aQuestionToANameServerIsAnswered() throws Exception {
    InetSocketAddress relay = associate().relay();
    ByteBuffer question = ByteBuffer.allocate(27);
    question.putShort((short) 0x1234).putShort((short) 0x0100).putShort((short) 1);
    question.position(12);
    question.put((byte) 9).put("localhost".getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    question.putShort((short) 1).putShort((short) 1);
    try (NameServer server = new NameServer()) {
      send(relay, 0, "localhost", server.port(), question.array());
      byte[] answer = receive(ANSWER_MILLIS);
      assertThat(answer).endsWith(new byte[] {127, 0, 0, 1});
      assertThat(answer[HEADER]).as("the question's id").isEqualTo((byte) 0x12);
    }
  }

  @Test
  void onlyPeersThatWereSentSomethingMayAnswer() throws Exception {
    InetSocketAddress relay = associate().relay();
    send(relay, 0, "127.0.0.1", echo.port(), noise(10));
    assertThat(receive(ANSWER_MILLIS)).isNotEmpty();
    InetSocketAddress exitSocket = echo.senders().get(0);
    InetSocketAddress reached =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), exitSocket.getPort());
    long before = dropped();
    DatagramSocket mallory = socket(); // The same host, another port.
    mallory.send(new DatagramPacket(noise(20), 20, reached));
    Await.until("the lie is dropped", () -> dropped() > before);
    send(relay, 0, "127.0.0.1", echo.port(), noise(30));
    assertThat(receive(ANSWER_MILLIS)).as("the next is the true answer").hasSize(HEADER + 30);
    assertSilence();
  }

  @Test
  void fragmentsNonsenseAndStrangersAreDropped() throws Exception {
    InetSocketAddress relay = associate().relay();
    send(relay, 1, "127.0.0.1", echo.port(), noise(11));
    byte[] nonsense = noise(50);
    nonsense[2] = 0;
    nonsense[3] = 9;
    program.send(new DatagramPacket(nonsense, nonsense.length, relay));
    program.send(new DatagramPacket(nonsense, 2, relay));
    send(relay, 0, "127.0.0.1", echo.port(), noise(12));
    assertThat(receive(ANSWER_MILLIS)).as("the only sound one").hasSize(HEADER + 12);
    // Another program of this host finds the port.
    byte[] intruding = SocksClient.datagram(0, "127.0.0.1", echo.port(), noise(13));
    socket().send(new DatagramPacket(intruding, intruding.length, relay));
    assertSilence();
    assertThat(echo.senders()).hasSize(1);
  }

  @Test
  void aProgramThatNamesItsPortIsHeardFromThereOnly() throws Exception {
    SocksClient.Association association = keep(client().associate(program.getLocalPort()));
    byte[] early = SocksClient.datagram(0, "127.0.0.1", echo.port(), noise(13));
    socket().send(new DatagramPacket(early, early.length, association.relay()));
    send(association.relay(), 0, "127.0.0.1", echo.port(), noise(14));
    assertThat(receive(ANSWER_MILLIS)).hasSize(HEADER + 14);
    assertThat(echo.senders()).hasSize(1);
  }

  @Test
  void anAssociationEndsWithItsConnection() throws Exception {
    SocksClient.Association association = associate();
    send(association.relay(), 0, "127.0.0.1", echo.port(), noise(10));
    assertThat(receive(ANSWER_MILLIS)).isNotEmpty();
    long there = metric("egress_associations");
    association.control().close();
    Await.until("the egress forgets it", () -> metric("egress_associations") < there);
    send(association.relay(), 0, "127.0.0.1", echo.port(), noise(10));
    assertSilence();
    assertThat(echo.senders()).hasSize(1);
  }

  @Test
  void anAssociationHasOnlySoManyDestinations() throws Exception {
    InetSocketAddress relay = associate().relay();
    long before = dropped();
    Await.until(
        "there are too many",
        () -> {
          for (int i = 0; i < 100; i++) {
            send(relay, 0, "127.0.2." + (i % 10 + 1), 2000 + random.nextInt(50_000), noise(10));
          }
          return dropped() - before > 100;
        });
    send(relay, 0, "127.0.0.1", echo.port(), noise(10));
    assertSilence();
    InetSocketAddress fresh = associate().relay();
    program.close();
    program = socket();
    send(fresh, 0, "127.0.0.1", echo.port(), noise(10));
    assertThat(receive(ANSWER_MILLIS)).as("another has room").isNotEmpty();
  }

  @Test
  void thereAreOnlySoManyAssociations() throws Exception {
    Await.until("none is left from before", () -> metric("egress_associations") == 0);
    for (int i = 0; i < 128; i++) {
      assertThat(associate().status()).isEqualTo(SocksClient.SUCCEEDED);
    }
    assertThat(keep(client().associate(0)).status()).as("one too many").isEqualTo(1);
    closeSockets();
    opened.clear();
    Await.until("they have ended", () -> metric("egress_associations") == 0);
    assertThat(associate().status()).isEqualTo(SocksClient.SUCCEEDED);
  }

  @Test
  void thePolicyHoldsForEveryDatagram() throws Exception {
    Chain other = new Chain(directory.resolve("strict"));
    try (other) {
      JavaProcess strict = other.egress(freddie);
      String invite = Chain.text(strict.event("ready"), "invite");
      other.widget(invite, "bert").event("ready");
      JavaProcess near = other.desktop(invite);
      near.event("connected");
      SocksClient client = new SocksClient(Chain.text(near.event("listening"), "proxy"));
      SocksClient.Association association = keep(client.associate(0));
      List<String> targets = List.of("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254");
      for (String host : targets) {
        send(association.relay(), 0, host, echo.port(), noise(10));
      }
      send(association.relay(), 0, "192.0.9.9", 25, noise(10));
      Await.until(
          "all are dropped",
          () -> metric(strict, "egress_datagrams_dropped_total") == targets.size() + 1);
      assertThat(metric(strict, "egress_bytes_total{direction=\"up\"}")).isZero();
      assertThat(echo.senders()).isEmpty();
    }
  }

  @Test
  void aFloodIsDroppedAndDisturbsNobody() throws Exception {
    InetSocketAddress relay = associate().relay();
    send(relay, 0, "127.0.0.1", echo.port(), noise(10));
    assertThat(receive(ANSWER_MILLIS)).isNotEmpty();
    long desktopBefore = Chain.residentKib(desktop);
    long exitBefore = Chain.residentKib(exit);
    try (Origin origin = new Origin()) {
      byte[] burst = SocksClient.datagram(0, "127.0.0.1", echo.port(), noise(8000));
      for (int i = 0; i < 40_000; i++) {
        program.send(new DatagramPacket(burst, burst.length, relay)); // 320 MB as fast as it goes.
        if (i % 10_000 == 5_000) {
          String page = "http://127.0.0.1:" + origin.port() + "/";
          assertThat(Chain.curl("-x", "http://" + proxy, page).out()).contains("a page");
        }
      }
    }
    // And very many destinations.
    for (int i = 0; i < 1000; i++) {
      send(relay, 0, "127.0.1." + (i % 250 + 1), 1024 + i, noise(10));
    }
    assertThat(Chain.residentKib(desktop) - desktopBefore).isLessThan(96 << 10);
    assertThat(Chain.residentKib(exit) - exitBefore).isLessThan(96 << 10);
    program = socket();
    InetSocketAddress fresh = associate().relay();
    send(fresh, 0, "127.0.0.1", echo.port(), noise(77));
    assertThat(receive(ANSWER_MILLIS)).hasSize(HEADER + 77);
    assertThat(desktop.err()).isEmpty();
    assertThat(exit.err()).isEmpty();
  }

  private SocksClient client() {
    return new SocksClient(proxy);
  }

  private SocksClient.Association associate() throws IOException {
    return keep(client().associate(0));
  }

  private SocksClient.Association keep(SocksClient.Association association) {
    opened.add(association.control());
    return association;
  }

  private DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.setReceiveBufferSize(1 << 20);
    opened.add(socket);
    return socket;
  }

  private void send(InetSocketAddress relay, int fragment, String host, int port, byte[] payload)
      throws IOException {
    byte[] bytes = SocksClient.datagram(fragment, host, port, payload);
    program.send(new DatagramPacket(bytes, bytes.length, relay));
  }

  private byte[] receive(int millis) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    program.setSoTimeout(millis);
    program.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private void assertSilence() {
    assertThatThrownBy(() -> receive(SILENCE_MILLIS)).isInstanceOf(SocketTimeoutException.class);
  }

  private static byte[] noise(int size) {
    byte[] noise = new byte[size];
    new Random(size).nextBytes(noise);
    return noise;
  }

  private static long dropped() throws Exception {
    return metric("egress_datagrams_dropped_total");
  }

  private static long metric(String name) throws Exception {
    return metric(exit, name);
  }

  private static long metric(JavaProcess egress, String name) throws Exception {
    return Chain.metric(egress, name);
  }
}
