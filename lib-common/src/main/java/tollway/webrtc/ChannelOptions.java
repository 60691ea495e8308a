// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * How a data channel treats its messages (RFC 8831 §6.4).
 *
 * @param label the name both ends see; at most 65,535 bytes of UTF-8
 * @param ordered whether messages arrive in the order they were sent
 * @param maxRetransmits how often a lost message is sent again before it is given up; empty is
 *     until it arrives
 */
public record ChannelOptions(String label, boolean ordered, OptionalInt maxRetransmits) {
  public ChannelOptions {
    if (label.getBytes(StandardCharsets.UTF_8).length > 0xffff) {
      throw new IllegalArgumentException("the label is longer than 65,535 bytes");
    }
    if (maxRetransmits.isPresent() && maxRetransmits.getAsInt() < 0) {
      throw new IllegalArgumentException("maxRetransmits is negative");
    }
  }

  /** Every message once or never, in any order: datagrams, as QUIC likes them. */
  public static ChannelOptions unreliable(String label) {
    return new ChannelOptions(label, false, OptionalInt.of(0));
  }

  /** Every message, in order. */
  public static ChannelOptions reliable(String label) {
    return new ChannelOptions(label, true, OptionalInt.empty());
  }
}
