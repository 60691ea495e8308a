// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one session takes of an egress, held against its limits. On the session's loop. */
final class SessionShare {
  /** A page that a browser opens dials many hosts at once: what may be saved up, in seconds. */
  private static final int SAVED_DIALS_SECONDS = 2;

  private static final double NANOS = 1e9;

  private static final AttributeKey<SessionShare> SHARE =
      AttributeKey.valueOf(SessionShare.class, "share");

  private final SessionLimits limits;
  private final LongSupplier nanoTime;
  private final Optional<ReadCredit> up;
  private final Optional<ReadCredit> down;
  private int streams;
  private int speedTests;
  private double dials;
  private long dialsAt;

  SessionShare(
      SessionLimits limits,
      LongSupplier nanoTime,
      Optional<ReadCredit> up,
      Optional<ReadCredit> down) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.up = up;
    this.down = down;
    dials = (double) limits.dialsPerSecond() * SAVED_DIALS_SECONDS;
    dialsAt = nanoTime.getAsLong();
  }

  /** That of the session to which {@code stream} belongs. */
  static SessionShare of(DuplexChannel stream, ExitShares shares) {
    Channel session = stream.parent();
    @Nullable SessionShare known = session.attr(SHARE).get();
    if (known != null) {
      return known;
    }
    EventLoop loop = session.eventLoop();
    SessionShare fresh =
        new SessionShare(
            shares.sessionLimits(), System::nanoTime, shares.up(loop), shares.down(loop));
    session.attr(SHARE).set(fresh);
    session.closeFuture().addListener(closed -> fresh.close());
    return fresh;
  }

  /** False when it has too many already; only a true one is ended. */
  boolean beginStream() {
    if (streams >= limits.streams()) {
      return false;
    }
    streams++;
    return true;
  }

  void endStream() {
    streams--;
  }

  /** Whether anybody may measure here. */
  boolean measures() {
    return limits.speedTests() > 0;
  }

  /** False when it has too many already; only a true one is ended. */
  boolean beginSpeedTest() {
    if (speedTests >= limits.speedTests()) {
      return false;
    }
    speedTests++;
    return true;
  }

  void endSpeedTest() {
    speedTests--;
  }

  /** Whether it may look for one more host now. */
  boolean mayDial() {
    long now = nanoTime.getAsLong();
    double most = (double) limits.dialsPerSecond() * SAVED_DIALS_SECONDS;
    dials = Math.min(most, dials + (now - dialsAt) / NANOS * limits.dialsPerSecond());
    dialsAt = now;
    if (dials < 1) {
      return false;
    }
    dials--;
    return true;
  }

  /** A connection in which nothing moves for so long is ended. */
  long idleSeconds() {
    return limits.idle().toSeconds();
  }

  /** For what comes from the desktop. */
  ReadShare up() {
    return up.<ReadShare>map(credit -> credit).orElse(ReadShare.UNLIMITED);
  }

  /** For what goes to it. */
  ReadShare down() {
    return down.<ReadShare>map(credit -> credit).orElse(ReadShare.UNLIMITED);
  }

  /** Whether a datagram from the desktop may pass. */
  boolean admitsUp(int bytes) {
    return up.map(credit -> credit.admits(bytes)).orElse(true);
  }

  /** Whether a datagram to the desktop may pass. */
  boolean admitsDown(int bytes) {
    return down.map(credit -> credit.admits(bytes)).orElse(true);
  }

  private void close() {
    up.ifPresent(ReadCredit::close);
    down.ifPresent(ReadCredit::close);
  }
}
