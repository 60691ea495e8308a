// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.EventLoop;
import java.util.Optional;
import tollway.loop.NettyEventLoop;
import tollway.shaping.FairShare;

/** How the sessions of an egress share what it may carry; each direction by itself. Any thread. */
final class ExitShares {
  private final NettyEventLoop home;
  private final EgressLimits limits;
  private final FairShare<Runnable> up;
  private final FairShare<Runnable> down;

  ExitShares(NettyEventLoop home, EgressLimits limits) {
    this.home = home;
    this.limits = limits;
    up = new FairShare<>(home);
    down = new FairShare<>(home);
    home.execute(
        () -> {
          up.limit(limits.rate());
          down.limit(limits.rate());
        });
  }

  SessionLimits sessionLimits() {
    return limits.session();
  }

  /** From the desktop of a session on {@code loop}; empty when nothing is limited. */
  Optional<ReadCredit> up(EventLoop loop) {
    return credit(loop, up);
  }

  /** Towards it. */
  Optional<ReadCredit> down(EventLoop loop) {
    return credit(loop, down);
  }

  private Optional<ReadCredit> credit(EventLoop loop, FairShare<Runnable> shares) {
    return limits.rate().isEmpty() && limits.session().rate().isEmpty()
        ? Optional.empty()
        : Optional.of(new ReadCredit(loop, home, shares, limits.session().rate()));
  }
}
