// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FlightTest {
  private static final int SIZE = 1_000;
  private static final long ROUND_TRIP = 1_000_000;

  /** So late that whatever has been overtaken is given up. */
  private static final long LATE = 1_000_000_000;

  private final OutboundMessage message =
      new OutboundMessage(new OutboundStream(0), 53, false, 0, Unpooled.EMPTY_BUFFER);
  private final Flight flight = new Flight(1);

  /** A datagram of four chunks, which left in one burst. */
  @BeforeEach
  void sendBurst() {
    message.firstTsn = 1;
    message.lastTsn = 4;
    for (int tsn = 1; tsn <= 4; tsn++) {
      send(message, tsn, 0);
    }
  }

  private void send(OutboundMessage of, int tsn, long now) {
    flight.add(new OutboundChunk(of, tsn, 0, SIZE, null, now));
  }

  private void acknowledge(int cumulative, Chunk.Gap... gaps) {
    Chunk.Sack sack = new Chunk.Sack(cumulative, 1 << 20, List.of(gaps), List.of());
    assertThat(flight.acknowledge(sack, new Acknowledged())).isTrue();
  }

  @Test
  void theRestOfABurstIsNotOvertakenByItsBeginning() {
    acknowledge(2);
    assertThat(flight.expireDatagrams(LATE, ROUND_TRIP)).isZero();
    assertThat(message.abandoned).isFalse();
    acknowledge(4);
    assertThat(flight.isEmpty()).isTrue();
  }

  @Test
  void aHoleInABurstIsOvertakenByItsEnd() {
    acknowledge(2, new Chunk.Gap(2, 2));
    assertThat(flight.expireDatagrams(ROUND_TRIP, ROUND_TRIP)).as("it may be late").isZero();
    assertThat(flight.expireDatagrams(LATE, ROUND_TRIP)).isEqualTo(SIZE);
    assertThat(message.abandoned).isTrue();
    assertThat(flight.advancedTsn()).isEqualTo(3);
  }

  @Test
  void aWholeBurstIsOvertakenByALaterOne() {
    OutboundMessage later =
        new OutboundMessage(message.stream, 53, false, 0, Unpooled.EMPTY_BUFFER);
    later.firstTsn = 5;
    later.lastTsn = 5;
    send(later, 5, 1);
    acknowledge(0, new Chunk.Gap(5, 5));
    flight.expireDatagrams(LATE, ROUND_TRIP);
    assertThat(message.abandoned).isTrue();
    assertThat(flight.advancedTsn()).isEqualTo(4);
  }
}
