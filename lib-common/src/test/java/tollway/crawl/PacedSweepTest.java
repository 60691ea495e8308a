// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/** Sweeps of 127.0.9.0/24, where some addresses have servers. */
final class PacedSweepTest {
  private static final byte[] KEY = new byte[CrawlJournal.KEY_BYTES];
  private static final Ipv4Ranges NETWORK = Ipv4Ranges.of(List.of(Ipv4Block.of("127.0.9.0/24")));
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Writes down what it hears. */
  private static final class Notes implements Sweep.Listener {
    final Set<String> hits = new TreeSet<>();
    final List<Long> done = new ArrayList<>();
    long sent;

    @Override
    public void hit(long address) {
      hits.add(Ipv4Block.text(address));
    }

    @Override
    public void progress(long settled, long asked) {
      done.add(settled);
      sent = asked;
    }
  }

  /** A free port, for the same one on several addresses. */
  private static int freePort() throws IOException {
    try (DatagramSocket free = new DatagramSocket(new InetSocketAddress("127.0.9.1", 0))) {
      return free.getLocalPort();
    }
  }

  private static ScriptedServer server(ScriptedServer.Kind kind, String host, int port)
      throws IOException {
    return new ScriptedServer(kind, new InetSocketAddress(host, port));
  }

  @Test
  void findsWhoSpeaksStunAndNobodyElse() throws Exception {
    int port = freePort();
    try (ScriptedServer one = server(ScriptedServer.Kind.HONEST, "127.0.9.7", port);
        ScriptedServer two = server(ScriptedServer.Kind.HONEST, "127.0.9.255", port);
        ScriptedServer liar = server(ScriptedServer.Kind.LIAR, "127.0.9.8", port);
        ScriptedServer garbage = server(ScriptedServer.Kind.GARBAGE, "127.0.9.9", port);
        ScriptedServer wrong = server(ScriptedServer.Kind.WRONG_ID, "127.0.9.10", port);
        ScriptedServer refusing = server(ScriptedServer.Kind.REFUSING, "127.0.9.11", port);
        ScriptedServer outside = server(ScriptedServer.Kind.HONEST, "127.0.8.7", port)) {
      Notes notes = new Notes();
      Sweep.Result result = new PacedSweep(NETWORK, port, 2_000, KEY, PATIENCE).run(0, notes);

      // The liar is found out later.
      assertThat(notes.hits).containsExactly("127.0.9.255", "127.0.9.7", "127.0.9.8");
      assertThat(notes.sent).isEqualTo(256);
      assertThat(notes.done.get(notes.done.size() - 1)).isEqualTo(256);
      assertThat(notes.done).isSorted();
      assertThat(result.unsent()).isZero();
      for (ScriptedServer each : List.of(one, two, liar, garbage, wrong, refusing)) {
        assertThat(each.asked()).isEqualTo(1);
      }
      assertThat(outside.asked()).isZero();
    }
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    int port = freePort();
    List<ScriptedServer> all = new ArrayList<>();
    try {
      for (int host = 0; host < 256; host++) {
        all.add(server(ScriptedServer.Kind.HONEST, "127.0.9." + host, port));
      }
      Notes rest = new Notes();
      new PacedSweep(NETWORK, port, 2_000, KEY, PATIENCE).run(200, rest);
      assertThat(rest.hits).hasSize(56);
      assertThat(rest.sent).isEqualTo(256);
      // In the same order the first 200 are the others.
      for (ScriptedServer each : all) {
        boolean asked = each.asked() > 0;
        assertThat(rest.hits.contains(each.address().getAddress().getHostAddress()))
            .isEqualTo(asked);
      }
    } finally {
      all.forEach(ScriptedServer::close);
    }
  }

  @Test
  void keepsToItsRate() throws Exception {
    long begun = System.nanoTime();
    new PacedSweep(NETWORK, freePort(), 500, KEY, Duration.ofMillis(1)).run(0, new Notes());
    // 255 gaps of 2 ms, less what it may catch up.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(490));
  }

  @Test
  void nobodyAnswersForAnother() throws Exception {
    int port = freePort();
    Probes probes = new Probes(KEY);
    long seven = Ipv4Block.of("127.0.9.7").first();
    StunMessage asked = StunCodec.decode(Bytes.of(probes.request(seven)));
    Bytes answer =
        StunCodec.encode(
            asked.success(
                new tollway.stun.StunAttribute.XorMappedAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port))));

    assertThat(probes.isAnswer(seven, answer)).isTrue();
    assertThat(probes.isAnswer(seven + 1, answer)).isFalse();
    assertThat(new Probes(new byte[] {1}).isAnswer(seven, answer)).isFalse();
    assertThat(probes.isAnswer(seven, StunCodec.encode(asked.success()))).isFalse();
    assertThat(probes.isAnswer(seven, StunCodec.encode(asked))).isFalse();
    assertThat(probes.isAnswer(seven, Bytes.EMPTY)).isFalse();
    // 20 bytes, and the golden beginning of every Binding request.
    assertThat(probes.request(seven).remaining()).isEqualTo(20);
    assertThat(Bytes.of(probes.request(seven)).hex()).startsWith("000100002112a442");
  }

  @Test
  void anEchoIsNoAnswer() throws Exception {
    int port = freePort();
    try (DatagramSocket echo = new DatagramSocket(new InetSocketAddress("127.0.9.7", port))) {
      Thread thread =
          new Thread(
              () -> {
                byte[] buffer = new byte[100];
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                  echo.receive(packet);
                  echo.send(packet);
                } catch (IOException closed) {
                  // The test is over.
                }
              });
      thread.start();
      Notes notes = new Notes();
      new PacedSweep(NETWORK, port, 5_000, KEY, PATIENCE).run(0, notes);
      thread.join(10_000);
      assertThat(notes.hits).isEmpty();
    }
  }

  @Test
  void oneThatCannotBeSentToIsCountedAndTheOthersAreAsked() throws Exception {
    int port = freePort();
    // Broadcast needs a permission that we do not ask for.
    Ipv4Ranges two =
        Ipv4Ranges.of(List.of(Ipv4Block.of("255.255.255.255"), Ipv4Block.of("127.0.9.7")));
    try (ScriptedServer honest = server(ScriptedServer.Kind.HONEST, "127.0.9.7", port)) {
      Notes notes = new Notes();
      Sweep.Result result = new PacedSweep(two, port, 5_000, KEY, PATIENCE).run(0, notes);

      assertThat(notes.hits).containsExactly("127.0.9.7");
      assertThat(result.unsent()).isOne();
      assertThat(result.from()).isBetween(0L, 1L);
      assertThat(result.why()).isNotBlank();
      assertThat(honest.asked()).isOne();
    }
  }

  @Test
  void whenNothingCouldBeSentNothingIsDone() throws Exception {
    Ipv4Ranges nowhere = Ipv4Ranges.of(List.of(Ipv4Block.of("255.255.255.255")));
    Notes notes = new Notes();
    // At the end it has been all through; until then a crawl that is killed begins anew.
    new PacedSweep(nowhere, freePort(), 5_000, KEY, PATIENCE).run(0, notes);
    assertThat(notes.done.subList(0, notes.done.size() - 1)).isNotEmpty().containsOnly(0L);
  }

  @Test
  void aBroadcastAddressOrTwoDoNotMakeASweepPoor() {
    assertThat(new Sweep.Result(2, 0, "").isPoor(2)).isFalse();
    assertThat(new Sweep.Result(3, 0, "").isPoor(29)).isTrue();
    assertThat(new Sweep.Result(10, 0, "").isPoor(100)).isFalse();
    assertThat(new Sweep.Result(11, 0, "").isPoor(100)).isTrue();
  }

  @Test
  void whatTheListenerCannotKeepEndsTheSweep() {
    Sweep.Listener full =
        new Sweep.Listener() {
          @Override
          public void hit(long address) {}

          @Override
          public void progress(long done, long sent) throws IOException {
            throw new IOException("the disk is full");
          }
        };
    assertThatThrownBy(() -> new PacedSweep(NETWORK, freePort(), 5_000, KEY, PATIENCE).run(0, full))
        .hasMessage("the disk is full");
  }
}
