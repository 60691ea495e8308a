// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.EventLoop;

/**
 * Finds out whether the path takes larger packets: a padded heartbeat of that size that comes back
 * (RFC 8899 §6.2, RFC 4820). Until then, and when large packets stop arriving, the base size holds.
 */
final class PathProbe {
  private static final Duration WAIT = Duration.ofMillis(300);
  private static final int MAX_TRIES = 3;

  /** RFC 8899 §4.3: so many timeouts in a row mean that the path swallows large packets. */
  private static final int BLACK_HOLE_TIMEOUTS = 2;

  private final PacketWriter writer;
  private final int base;
  private final Runnable changed;
  private final SecureRandom random;
  private final Deadline timer;
  private @Nullable Bytes expected;
  private int target;
  private int tries;

  PathProbe(EventLoop loop, PacketWriter writer, SecureRandom random, Runnable changed) {
    this.writer = writer;
    this.random = random;
    this.changed = changed;
    base = writer.limit();
    timer = new Deadline(loop, this::probe);
  }

  void begin(int size) {
    target = size;
    if (size > base) {
      probe();
    }
  }

  private void probe() {
    if (tries++ == MAX_TRIES) {
      expected = null;
      return;
    }
    byte[] nonce = new byte[8];
    random.nextBytes(nonce);
    expected = Bytes.of(nonce);
    writer.probe(new Chunk.Heartbeat(expected), target);
    timer.setIn(WAIT.toNanos());
  }

  void onHeartbeatAck(Bytes info) {
    if (expected != null && expected.equals(info)) {
      expected = null;
      timer.clear();
      writer.limit(target);
      changed.run();
    }
  }

  void onTimeouts(int inARow) {
    if (inARow >= BLACK_HOLE_TIMEOUTS && writer.limit() > base) {
      writer.limit(base);
      changed.run();
    }
  }

  void close() {
    timer.close();
    expected = null;
  }
}
