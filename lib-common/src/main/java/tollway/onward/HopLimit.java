// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import java.util.OptionalInt;
import tollway.signaling.Endpoint;
import tollway.webrtc.ChannelOptions;

/**
 * How many volunteers may come behind the one who is asked. Whoever opens a data channel says it in
 * the channel's label, and whoever opens one onwards says less: so no way has more than three
 * honest volunteers, whatever freddie and the others say.
 */
public final class HopLimit {
  /** Without a number it is as many as there may be. */
  private static final String LABEL = "tollway-path";

  private HopLimit() {}

  /**
   * The channel of a path: QUIC repeats what is lost; one that did so too would hold up the rest.
   */
  public static ChannelOptions channel(int behind) {
    return ChannelOptions.unreliable(LABEL + "/" + behind);
  }

  /** How many the one who opened {@code channel} accepts; empty when that makes no sense. */
  public static OptionalInt of(ChannelOptions channel) {
    String label = channel.label();
    if (label.equals(LABEL)) {
      return OptionalInt.of(Endpoint.MAX_DISTANCE);
    }
    for (int behind = 0; behind <= Endpoint.MAX_DISTANCE; behind++) {
      if (label.equals(LABEL + "/" + behind)) {
        return OptionalInt.of(behind);
      }
    }
    return OptionalInt.empty();
  }

  /** Whether a way over {@code distance} more volunteers is what the opener accepts. */
  public static boolean admits(ChannelOptions channel, int distance) {
    OptionalInt accepted = of(channel);
    return accepted.isPresent() && distance <= accepted.getAsInt();
  }
}
