// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import tollway.loop.EventLoop;
import tollway.shaping.FairShare;
import tollway.shaping.Rate;

/** How a volunteer's people share its rate: one scheduler for each direction. On its loop. */
final class WidgetShares {
  private final FairShare<ByteBuf> up;
  private final FairShare<ByteBuf> down;
  private Optional<Rate> ratePerPerson = Optional.empty();

  WidgetShares(EventLoop loop) {
    up = new FairShare<>(loop);
    down = new FairShare<>(loop);
  }

  /** Towards the egress. */
  FairShare<ByteBuf> up() {
    return up;
  }

  /** Towards the people. */
  FairShare<ByteBuf> down() {
    return down;
  }

  /** For those who come next. */
  Optional<Rate> ratePerPerson() {
    return ratePerPerson;
  }

  void limit(WidgetLimits limits) {
    ratePerPerson = limits.ratePerPerson();
    up.limit(limits.rate());
    down.limit(limits.rate());
  }

  void hold(boolean hold) {
    up.hold(hold);
    down.hold(hold);
  }
}
