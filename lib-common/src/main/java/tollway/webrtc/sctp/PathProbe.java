// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tollway.bytes.Bytes;
import tollway.loop.EventLoop;

/**
 * Finds out how large packets the path takes: padded heartbeats of the sizes in question, all at
 * once; the largest that comes back counts (RFC 8899 §6.2, RFC 4820). Until then, and when large
 * packets stop arriving, the base size holds.
 */
final class PathProbe {
  private static final Duration WAIT = Duration.ofMillis(300);
  private static final int MAX_TRIES = 3;
  private static final int NONCE_BYTES = 8;

  /** RFC 8899 §4.3: so many timeouts in a row mean that the path swallows large packets. */
  private static final int BLACK_HOLE_TIMEOUTS = 2;

  private final PacketWriter writer;
  private final int base;
  private final Runnable changed;
  private final SecureRandom random;
  private final Deadline timer;
  private final Map<Bytes, Integer> asked = new HashMap<>();
  private List<Integer> sizes = List.of();
  private int tries;

  PathProbe(EventLoop loop, PacketWriter writer, SecureRandom random, Runnable changed) {
    this.writer = writer;
    this.random = random;
    this.changed = changed;
    base = writer.limit();
    timer = new Deadline(loop, this::probe);
  }

  /** {@code candidates} are multiples of four. */
  void begin(List<Integer> candidates) {
    sizes = candidates;
    probe();
  }

  private void probe() {
    List<Integer> open = sizes.stream().filter(size -> size > writer.limit()).toList();
    if (open.isEmpty() || tries++ == MAX_TRIES) {
      asked.clear();
      return;
    }
    for (int size : open) {
      byte[] nonce = new byte[NONCE_BYTES];
      random.nextBytes(nonce);
      Bytes info = Bytes.of(nonce);
      asked.put(info, size);
      writer.probe(new Chunk.Heartbeat(info), size);
    }
    timer.setIn(WAIT.toNanos());
  }

  void onHeartbeatAck(Bytes info) {
    Integer size = asked.remove(info);
    if (size != null && size > writer.limit()) {
      writer.limit(size);
      changed.run();
    }
  }

  void onTimeouts(int inARow) {
    if (inARow >= BLACK_HOLE_TIMEOUTS && writer.limit() > base) {
      timer.clear();
      asked.clear();
      writer.limit(base);
      changed.run();
    }
  }

  void close() {
    timer.close();
    asked.clear();
  }
}
