// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import io.netty.handler.codec.quic.QuicConnectionStats;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The transport parameters (RFC 9000 §18.2) that both ends use, and why. */
final class QuicLimits {
  static final String PROTOCOL = "tollway/1";

  /** Concurrent proxied connections of one session, the control stream included. */
  static final int STREAMS = 1024;

  /** Two of these a second at 100 ms round trip: what one stream may have in flight, in bytes. */
  private static final long STREAM_WINDOW = 8L << 20;

  private static final long SESSION_WINDOW = 16L << 20;

  /** Longer than any outage that a session is worth keeping through. */
  private static final long IDLE_SECONDS = 120;

  /** Of the ids that are in each packet, in bytes: a virtual channel has one connection. */
  private static final int CONNECTION_ID = 4;

  /** The longest packet that is taken in, in bytes; what is sent is {@code packetSize}. */
  private static final int LARGEST_PACKET = 16_000;

  private QuicLimits() {}

  /** How many packets {@code connection} has decrypted; 0 while there is none. On its loop. */
  static long decrypted(@Nullable QuicChannel connection) {
    if (connection == null) {
      return 0;
    }
    @Nullable QuicConnectionStats stats = connection.collectStats().getNow();
    return stats == null ? 0 : stats.recv();
  }

  static <B extends QuicCodecBuilder<B>> B apply(B builder, int packetSize) {
    return builder
        // Keeps queues short on paths whose loss says nothing about congestion.
        .congestionControlAlgorithm(QuicCongestionControlAlgorithm.BBR)
        .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
        .localConnectionIdLength(CONNECTION_ID)
        .maxSendUdpPayloadSize(packetSize)
        .maxRecvUdpPayloadSize(LARGEST_PACKET)
        .initialMaxData(SESSION_WINDOW)
        .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
        .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
        // The address pair never changes: see VirtualDatagramChannel.
        .activeMigration(false)
        .discoverPmtu(false);
  }
}
