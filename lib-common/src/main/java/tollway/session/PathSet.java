// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * The paths of one end of a session: which one carries the packets, which ones wait, which are
 * dead. Both ends have one; whoever sees the active path die first chooses the next and tells the
 * other with a Select frame, whose epoch only grows. On the session's loop.
 */
final class PathSet {
  /** What is kept to be said again on the next path, in bytes. */
  private static final int RECENT_LIMIT = 1 << 20;

  /** Older than this is no longer worth repeating, in nanoseconds. */
  private static final long RECENT_AGE = 2_000_000_000L;

  /** How often a busy or questioned path is looked at. */
  private static final Duration FAST_TICK = Duration.ofMillis(50);

  private static final Duration SLOW_TICK = Duration.ofSeconds(1);

  /** What the set needs of the session it serves. */
  interface Owner {
    /** A retained QUIC packet that came in. */
    void packet(ByteBuf packet);

    /** The state of {@code path} has changed; {@code why} is for people. */
    void changed(AttachedPath path, String why);
  }

  private final EventLoop loop;
  private final boolean desktop;
  private final PathTuning tuning;
  private final Owner owner;
  private final List<AttachedPath> paths = new ArrayList<>();
  private final RecentFrames recent = new RecentFrames(RECENT_LIMIT);
  private @Nullable AttachedPath active;
  private long epoch;
  private @Nullable Timer tick;
  private boolean tickIsFast;
  private long tickedAt;
  private boolean closed;

  PathSet(EventLoop loop, boolean desktop, PathTuning tuning, Owner owner) {
    this.loop = loop;
    this.desktop = desktop;
    this.tuning = tuning;
    this.owner = owner;
  }

  /** Starts with a path that has not proved itself; {@link #attached} makes it usable. */
  AttachedPath add(PathLink link, String label) {
    loop.checkInLoop();
    AttachedPath path = new AttachedPath(link, label, loop.nanoTime());
    paths.add(path);
    return path;
  }

  /** {@code path} has proved itself; the desktop chooses it when none is active. */
  void attached(AttachedPath path) {
    if (path.state != PathState.PROBING) {
      return;
    }
    move(path, PathState.STANDBY, "attached");
    ask(path);
    if (desktop && active == null) {
      choose(path);
    }
    reschedule();
  }

  /** The link of {@code path} is gone, or the path is not to be trusted. */
  void lost(AttachedPath path, String why) {
    if (path.state == PathState.DEAD) {
      return;
    }
    boolean wasActive = path == active;
    paths.remove(path);
    move(path, PathState.DEAD, why);
    path.link.close();
    if (wasActive) {
      active = null;
      bestStandby().ifPresent(this::choose);
    }
    reschedule();
  }

  /** Takes over one data frame of ours and sends it on the active path, if there is one. */
  void send(ByteBuf frame) {
    if (closed) {
      frame.release();
      return;
    }
    long now = loop.nanoTime();
    recent.forgetBefore(now - RECENT_AGE);
    recent.add(frame, now);
    AttachedPath path = active;
    if (path == null) {
      frame.release(); // The next path says it again.
      return;
    }
    sendData(path, frame, now);
    if (!tickIsFast) {
      reschedule();
    }
  }

  /** Takes over one frame that came on {@code path}, which must be attached. */
  void receive(AttachedPath path, ByteBuf frame) {
    try {
      if (!path.usable() || !frame.isReadable()) {
        return;
      }
      path.heard(frame.readableBytes(), loop.nanoTime());
      if (frame.getUnsignedByte(frame.readerIndex()) == PathFrameCodec.DATA) {
        PacketBatch.split(frame, owner::packet);
      } else {
        control(path, PathFrameCodec.decode(frame.nioBuffer()));
      }
    } catch (MalformedBytesException wrong) {
      lost(path, "malformed frame: " + wrong.getMessage());
    } finally {
      frame.release();
    }
  }

  int size() {
    return paths.size();
  }

  boolean hasUsablePath() {
    return paths.stream().anyMatch(AttachedPath::usable);
  }

  List<PathSnapshot> snapshot() {
    return paths.stream().map(AttachedPath::snapshot).toList();
  }

  /** Closes every link and forgets everything. */
  void close(String why) {
    closed = true;
    if (tick != null) {
      tick.cancel();
      tick = null;
    }
    active = null;
    for (AttachedPath path : List.copyOf(paths)) {
      lost(path, why);
    }
    recent.clear();
  }

  private void control(AttachedPath path, PathFrame frame) throws MalformedBytesException {
    if (frame instanceof PathFrame.Ping ping) {
      say(path, new PathFrame.Pong(ping.token()));
    } else if (frame instanceof PathFrame.Pong pong) {
      long rtt = loop.nanoTime() - pong.token();
      // A token that we did not send shows as a nonsensical time.
      if (rtt > 0 && rtt < Duration.ofMinutes(1).toNanos()) {
        path.measured(rtt);
      }
    } else if (frame instanceof PathFrame.Select select) {
      selected(path, select.epoch());
    } else {
      throw new MalformedBytesException("out of place on an attached path");
    }
  }

  /** The other end moves the session to {@code path}. On a tie the desktop's word counts. */
  private void selected(AttachedPath path, long chosenEpoch) {
    if (chosenEpoch < epoch || (chosenEpoch == epoch && desktop)) {
      return;
    }
    epoch = chosenEpoch;
    if (path != active) {
      activate(path, "chosen by the other end");
    }
  }

  private void choose(AttachedPath path) {
    epoch++;
    say(path, new PathFrame.Select(epoch));
    activate(path, "chosen");
  }

  private void activate(AttachedPath path, String why) {
    AttachedPath old = active;
    active = path;
    if (old != null) {
      move(old, PathState.STANDBY, "replaced");
      ask(old); // The other end had a reason to leave it.
    }
    move(path, PathState.ACTIVE, why);
    long now = loop.nanoTime();
    recent.forgetBefore(now - RECENT_AGE);
    recent.replay(frame -> sendData(path, frame, now));
    reschedule();
  }

  private void sendData(AttachedPath path, ByteBuf frame, long now) {
    if (frame.readableBytes() > path.link.maxFrameBytes()) {
      frame.release();
      return;
    }
    if (!path.owesUs()) {
      path.dataSentAt = now;
    }
    path.send(frame);
  }

  private Optional<AttachedPath> bestStandby() {
    return paths.stream()
        .filter(path -> path.state == PathState.STANDBY && path.unanswered == 0)
        .min(java.util.Comparator.comparingLong(AttachedPath::rtt))
        .or(() -> paths.stream().filter(path -> path.state == PathState.STANDBY).findFirst());
  }

  private void ask(AttachedPath path) {
    path.askedAt = loop.nanoTime();
    path.unanswered++;
    say(path, new PathFrame.Ping(path.askedAt));
  }

  private static void say(AttachedPath path, PathFrame frame) {
    path.send(Unpooled.wrappedBuffer(PathFrameCodec.encode(frame).toArray()));
  }

  private void move(AttachedPath path, PathState state, String why) {
    path.state = state;
    owner.changed(path, why);
  }

  /** Looks at every path: who is silent is asked, who does not answer is dead. */
  private void onTick() {
    tick = null;
    long now = loop.nanoTime();
    long late = now - tickedAt - (tickIsFast ? FAST_TICK : SLOW_TICK).toNanos();
    // After a pause of our own the answers may still wait in our sockets: give them one round.
    boolean fair = late < tuning.busyRetry().toNanos();
    for (AttachedPath path : List.copyOf(paths)) {
      if (path.usable()) {
        if (!fair) {
          path.askedAt = now;
        }
        examine(path, now);
      }
    }
    reschedule();
  }

  private void examine(AttachedPath path, long now) {
    boolean busy = path == active && path.owesUs();
    if (path.unanswered == 0) {
      long silence = now - (busy ? path.dataSentAt : path.heardAt);
      if (silence >= (busy ? tuning.busySilence() : tuning.idleInterval()).toNanos()) {
        ask(path);
      }
      return;
    }
    long patience =
        Math.max((busy ? tuning.busyRetry() : tuning.idleRetry()).toNanos(), 2 * path.rtt());
    if (now - path.askedAt < patience) {
      return;
    }
    if (path.unanswered >= tuning.losses()) {
      lost(path, "silent");
    } else {
      ask(path);
    }
  }

  private void reschedule() {
    boolean fast = paths.stream().anyMatch(p -> p.unanswered > 0 || (p == active && p.owesUs()));
    if (tick != null) {
      if (fast == tickIsFast || tickIsFast) {
        return; // A fast tick slows down by itself.
      }
      tick.cancel();
      tick = null;
    }
    if (closed || paths.isEmpty()) {
      return;
    }
    tickIsFast = fast;
    tickedAt = loop.nanoTime();
    tick = loop.schedule(fast ? FAST_TICK : SLOW_TICK, this::onTick);
  }
}
