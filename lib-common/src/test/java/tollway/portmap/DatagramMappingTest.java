// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.loop.ManualEventLoop;

final class DatagramMappingTest {
  private static final InetSocketAddress OUTSIDE = new InetSocketAddress("203.0.113.7", 40000);
  private static final Bytes OLDER = hex("0080000100000001");
  private static final Bytes ADDRESS = hex("0080000000000001cb007107");
  private static final Bytes PORT = hex("00810000000000011388" + "9c40" + "00000258");

  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<Bytes> sent = new ArrayList<>();
  private final List<InetSocketAddress> told = new ArrayList<>();
  private int failures;
  private final DatagramMapping mapping =
      new DatagramMapping(
          loop, new InetSocketAddress("10.0.0.2", 5000), new Random(1), new Recorder());

  private final class Recorder implements DatagramMapping.Output {
    @Override
    public void send(Bytes datagram) {
      sent.add(datagram);
    }

    @Override
    public void mapped(InetSocketAddress outside) {
      told.add(outside);
    }

    @Override
    public void failed() {
      failures++;
    }
  }

  private static Bytes hex(String text) {
    return Bytes.of(ByteBuffer.wrap(HexFormat.of().parseHex(text)));
  }

  /** PCP's answer to {@code question}. */
  private static Bytes granted(Bytes question, String host) {
    String asked = question.hex();
    String nonceToPort = asked.substring(48, 84);
    return hex(
        "028100000000025800000001"
            + "0".repeat(24)
            + nonceToPort
            + "9c40"
            + "0".repeat(20)
            + "ffff"
            + host);
  }

  private Bytes last() {
    return sent.get(sent.size() - 1);
  }

  @Test
  void renewsByPcpAtHalfItsTimeAsLongAsItIsOpen() {
    mapping.ask();
    Bytes question = last();
    for (int round = 1; round <= 3; round++) {
      assertThat(sent).hasSize(round);
      assertThat(last()).isEqualTo(question);
      mapping.heard(granted(question, "cb007107"));
      assertThat(told).hasSize(round).containsOnly(OUTSIDE);
      loop.advance(Duration.ofSeconds(299));
      assertThat(sent).hasSize(round);
      loop.advance(Duration.ofSeconds(1));
    }
    mapping.close();
    assertThat(last().hex()).startsWith("0201000000000000"); // For 0 seconds.
    assertThat(loop.timers()).isZero();
  }

  @Test
  void renewsByNatPmpAtHalfItsTimeAsLongAsItIsOpen() {
    mapping.ask();
    mapping.heard(OLDER);
    mapping.heard(ADDRESS);
    mapping.heard(PORT);
    assertThat(told).containsExactly(OUTSIDE);
    sent.clear();
    loop.advance(Duration.ofSeconds(299));
    assertThat(sent).isEmpty();
    loop.advance(Duration.ofSeconds(1));
    assertThat(sent).containsExactly(MapCodec.natPmp(5000, DatagramMapping.SECONDS));
    mapping.heard(PORT);
    loop.advance(Duration.ofMinutes(5));
    assertThat(sent).hasSize(2);
    mapping.close();
    assertThat(last()).isEqualTo(MapCodec.natPmp(5000, 0));
  }

  @Test
  void asksARouterThatFellSilentAgainAndAgain() {
    mapping.ask();
    mapping.heard(granted(last(), "cb007107"));
    loop.advance(Duration.ofSeconds(310));
    int asked = sent.size();
    loop.advance(Duration.ofSeconds(31));
    assertThat(sent).hasSizeGreaterThan(asked);
    mapping.heard(granted(last(), "cb007108"));
    assertThat(told).hasSize(2);
    assertThat(failures).isZero();
  }

  @Test
  void saysSoWhenNeitherProtocolGetsAnywhere() {
    mapping.ask();
    loop.advance(Duration.ofSeconds(2));
    assertThat(failures).isOne();
    assertThat(loop.timers()).isZero();
  }

  @Test
  void givesBackWhatARouterBehindARouterGrants() {
    mapping.ask();
    mapping.heard(granted(last(), "0a000107"));
    assertThat(told).isEmpty();
    assertThat(failures).isOne();
    assertThat(last().hex()).startsWith("0201000000000000");
  }
}
