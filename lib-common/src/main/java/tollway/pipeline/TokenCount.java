// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What came by the WebSockets of those who know one token. Any thread. */
final class TokenCount {
  private final AtomicInteger volunteers = new AtomicInteger();
  private final LongAdder connected = new LongAdder();
  private final LongAdder up = new LongAdder();
  private final LongAdder down = new LongAdder();

  void begin() {
    volunteers.incrementAndGet();
    connected.increment();
  }

  void end() {
    volunteers.decrementAndGet();
  }

  /** Bytes of frames from volunteers. */
  void up(int bytes) {
    up.add(bytes);
  }

  /** Bytes of frames to them. */
  void down(int bytes) {
    down.add(bytes);
  }

  int volunteers() {
    return volunteers.get();
  }

  /** Lines for Prometheus; names of tokens need no escapes. */
  void print(String token, StringBuilder text) {
    String label = "{token=\"" + token + "\"";
    line(text, "egress_token_volunteers" + label + "}", volunteers.get());
    line(text, "egress_token_connections_total" + label + "}", connected.sum());
    line(text, "egress_token_bytes_total" + label + ",direction=\"up\"}", up.sum());
    line(text, "egress_token_bytes_total" + label + ",direction=\"down\"}", down.sum());
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
