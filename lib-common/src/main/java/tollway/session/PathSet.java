// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * The paths of one end of a session: which one carries the packets, which ones wait, which are
 * dead. Both ends have one; whoever sees the active path die first chooses the next and tells the
 * other with a Select frame, whose epoch only grows. In a bonded session all carry. On the
 * session's loop.
 */
final class PathSet {
  /** What is kept to be said again on the next path, in bytes. */
  private static final int RECENT_LIMIT = 1 << 20;

  /** Older than this is no longer worth repeating, in nanoseconds. */
  private static final long RECENT_AGE = 2_000_000_000L;

  /** How often a busy or questioned path is looked at. */
  private static final Duration FAST_TICK = Duration.ofMillis(50);

  private static final Duration SLOW_TICK = Duration.ofSeconds(1);

  /** A path that carries is measured so often, in nanoseconds. */
  private static final long MEASURE_INTERVAL = 1_000_000_000L;

  /** After so many unanswered questions the session tries the standby; the path may come back. */
  private static final int SUSPECT = 2;

  /** A session that stands still so long tries another path, although this one answers. */
  private static final Duration STILL = Duration.ofSeconds(1);

  /** After so long, and when there is no other, the path is given up. */
  private static final Duration HOPELESS = Duration.ofSeconds(3);

  /** So often is a path left, before it is given up although there are others. */
  private static final int MOST_SWALLOWED = 3;

  /** What the set needs of the session it serves. */
  interface Owner {
    /** A retained QUIC packet that came in. */
    void packet(ByteBuf packet);

    /** The state of {@code path} has changed; {@code why} is for people. */
    void changed(AttachedPath path, String why);

    /** From now on QUIC packets had better not be longer than this. */
    void packetLimit(int bytes);

    /** How many packets QUIC has decrypted. */
    long decrypted();
  }

  private final EventLoop loop;
  private final boolean desktop;
  private final PathTuning tuning;
  private final int largestPacket;
  private final Owner owner;
  private final Resequencer resequencer;
  private final Progress progress = new Progress();
  private final List<AttachedPath> paths = new ArrayList<>();
  private final RecentFrames recent = new RecentFrames(RECENT_LIMIT);
  private @Nullable AttachedPath active;
  private boolean bonded;
  private long epoch;
  private @Nullable Timer tick;
  private boolean tickIsFast;
  private long tickedAt;
  private long measuredAt;
  private boolean closed;

  /** {@code bonded} is the desktop's to say; the egress learns it. */
  PathSet(
      EventLoop loop,
      boolean desktop,
      boolean bonded,
      PathTuning tuning,
      int largestPacket,
      Owner owner) {
    this.loop = loop;
    this.desktop = desktop;
    this.bonded = bonded;
    this.tuning = tuning;
    this.largestPacket = largestPacket;
    this.owner = owner;
    resequencer = new Resequencer(loop, owner::packet);
  }

  /** Starts with a path that has not proved itself; {@link #attached} makes it usable. */
  AttachedPath add(PathLink link, String label) {
    loop.checkInLoop();
    AttachedPath path = new AttachedPath(link, label, loop.nanoTime());
    paths.add(path);
    return path;
  }

  /** From now on all paths carry; the other end learns it with the next word that chooses one. */
  void bond() {
    if (bonded) {
      return;
    }
    allCarry();
    if (active != null) {
      say(active, new PathFrame.Select(epoch, true));
    }
    reschedule();
  }

  /** {@code path} has proved itself; the desktop chooses it when none is active. */
  void attached(AttachedPath path) {
    if (path.state != PathState.PROBING) {
      return;
    }
    move(path, PathState.STANDBY, "attached");
    ask(path);
    say(path, path.arrivals.report(loop.nanoTime(), path.link.datagramBytes()));
    if (desktop && active == null) {
      choose(path);
    } else if (bonded && path.state == PathState.STANDBY) {
      move(path, PathState.ACTIVE, "joins in");
    }
    reschedule();
  }

  /** The link of {@code path} is gone, or the path is not to be trusted. */
  void lost(AttachedPath path, String why) {
    if (path.state == PathState.DEAD) {
      return;
    }
    boolean carried = path.state == PathState.ACTIVE;
    paths.remove(path);
    move(path, PathState.DEAD, why);
    path.link.close();
    if (path == active) {
      active = null;
      bestOther(path).ifPresent(this::choose);
    }
    if (carried && bonded) {
      sayAgain(path);
    }
    reschedule();
  }

  /** Takes over one data frame of ours and sends it on a path that carries, if there is one. */
  void send(ByteBuf frame, int packets) {
    if (closed) {
      frame.release();
      return;
    }
    long now = loop.nanoTime();
    progress.sent(now);
    recent.forgetBefore(now - RECENT_AGE);
    AttachedPath path = carrier(now);
    recent.add(frame, packets, path, now);
    if (path == null) {
      frame.release(); // The next path says it again.
      return;
    }
    sendData(path, frame, packets, now);
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
      long now = loop.nanoTime();
      path.heard(frame.readableBytes(), now);
      if (DataFrames.isData(frame)) {
        data(path, frame, now);
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

  /** To the other end and back, smoothed; empty while unknown. */
  Optional<Duration> roundTrip() {
    return Optional.ofNullable(active)
        .filter(AttachedPath::isMeasured)
        .map(path -> Duration.ofNanos(path.rtt()));
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
    resequencer.close();
  }

  private void data(AttachedPath path, ByteBuf frame, long now) throws MalformedBytesException {
    int bytes = frame.readableBytes();
    int packets =
        DataFrames.split(
            frame,
            (number, packet) -> {
              path.saw(number, now);
              resequencer.accept(number, packet);
            });
    resequencer.giveUpPassed(paths, now);
    path.arrivals.arrived(DataFrames.pathNumber(frame), packets, bytes);
    if (path.arrivals.reportIsDue(now)) {
      say(path, path.arrivals.report(now, path.link.datagramBytes()));
    }
    if (active == null && !desktop) {
      activate(path, "carries"); // The word that chose it was lost.
    }
  }

  private void control(AttachedPath path, PathFrame frame) throws MalformedBytesException {
    if (frame instanceof PathFrame.Ping ping) {
      say(path, new PathFrame.Pong(ping.token()));
    } else if (frame instanceof PathFrame.Pong pong) {
      long now = loop.nanoTime();
      long rtt = now - pong.token();
      // A token that we did not send shows as a nonsensical time.
      if (rtt > 0 && rtt < Duration.ofMinutes(1).toNanos()) {
        path.measured(rtt, now);
      }
    } else if (frame instanceof PathFrame.Report report) {
      path.quality.reported(report, loop.nanoTime());
      limitPackets();
    } else if (frame instanceof PathFrame.Select select) {
      selected(path, select);
    } else if (!(frame instanceof PathFrame.Attach) && !(frame instanceof PathFrame.Attached)) {
      // Those two may have been said twice.
      throw new MalformedBytesException("out of place on an attached path");
    }
  }

  /** The other end moves the session to {@code path}. On a tie the desktop's word counts. */
  private void selected(AttachedPath path, PathFrame.Select select) {
    if (select.epoch() < epoch || (select.epoch() == epoch && desktop)) {
      return;
    }
    epoch = select.epoch();
    if (!desktop && select.bonded() && !bonded) {
      allCarry();
    }
    if (path != active) {
      activate(path, "chosen by the other end");
    }
  }

  private void allCarry() {
    bonded = true;
    List.copyOf(paths).stream()
        .filter(path -> path.state == PathState.STANDBY)
        .forEach(path -> move(path, PathState.ACTIVE, "joins in"));
  }

  private void choose(AttachedPath path) {
    epoch++;
    say(path, new PathFrame.Select(epoch, bonded));
    activate(path, "chosen");
  }

  private void activate(AttachedPath path, String why) {
    AttachedPath old = active;
    active = path;
    if (old != null && !bonded) {
      move(old, PathState.STANDBY, "replaced");
      ask(old); // The other end had a reason to leave it.
    }
    if (path.state != PathState.ACTIVE) {
      move(path, PathState.ACTIVE, why);
    }
    if (!bonded) {
      long now = loop.nanoTime();
      recent.forgetBefore(now - RECENT_AGE);
      recent.replayExcept(path, (frame, packets) -> sendData(path, frame, packets, now));
    } else if (old == null) {
      sayAgain(null);
    }
    reschedule();
  }

  /** Sends on the paths that carry what was last sent on {@code gone}, or on none. */
  private void sayAgain(@Nullable AttachedPath gone) {
    long now = loop.nanoTime();
    recent.forgetBefore(now - RECENT_AGE);
    recent.replayOf(
        gone,
        (frame, packets) -> {
          AttachedPath path = carrier(now);
          if (path == null || path == gone) {
            frame.release();
          } else {
            sendData(path, frame, packets, now);
          }
        });
  }

  private @Nullable AttachedPath carrier(long now) {
    return bonded ? PathScheduler.choose(paths, now) : active;
  }

  private void sendData(AttachedPath path, ByteBuf frame, int packets, long now) {
    if (frame.readableBytes() > path.link.maxFrameBytes()) {
      frame.release();
      return;
    }
    if (!path.owesUs()) {
      path.dataSentAt = now;
    }
    path.sendData(frame, packets);
  }

  /** The best path to go on with instead of {@code path}. */
  private Optional<AttachedPath> bestOther(AttachedPath path) {
    return paths.stream()
        .filter(other -> other != path && other.usable())
        .min(
            Comparator.comparingInt((AttachedPath other) -> Math.min(1, other.unanswered))
                .thenComparingInt(other -> other.swallowed)
                .thenComparingLong(AttachedPath::rtt));
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
    limitPackets();
    owner.changed(path, why);
  }

  /** As long as the paths that carry like them. */
  private void limitPackets() {
    int limit = largestPacket;
    for (AttachedPath path : paths) {
      if (path.state == PathState.ACTIVE) {
        long room = (long) path.quality.datagramsPerPacket() * path.datagram();
        room -= DataFrames.HEADER + DataFrames.LENGTH;
        limit = (int) Math.min(limit, room);
      }
    }
    owner.packetLimit(Math.max(ClientSessionConfig.LEAST_PACKET, limit));
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
    if (fair && active != null) {
      judge(active, now);
    }
    if (now - measuredAt >= (bonded ? PathScheduler.INTERVAL.toNanos() : MEASURE_INTERVAL)) {
      measuredAt = now;
      measure(now);
    }
    reschedule();
  }

  private void examine(AttachedPath path, long now) {
    boolean busy = path.state == PathState.ACTIVE && path.owesUs();
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
      return;
    }
    ask(path);
    if (busy && path.unanswered == SUSPECT) {
      leave(path);
    }
  }

  /** Goes on without {@code path}, which may yet answer. */
  private void leave(AttachedPath path) {
    if (bonded) {
      sayAgain(path);
    } else if (path == active) {
      bestOther(path).filter(other -> other.unanswered == 0).ifPresent(this::choose);
    }
  }

  /** A path that answers while nothing comes of what it should carry is left, or given up. */
  private void judge(AttachedPath path, long now) {
    if (progress.moved(owner.decrypted())) {
      path.swallowed = 0;
      return;
    }
    long still = progress.standsStill(now);
    if (still < Math.max(STILL.toNanos(), 4 * path.rtt())) {
      return;
    }
    Optional<AttachedPath> other = bestOther(path).filter(each -> each.unanswered == 0);
    if (other.isPresent() && !bonded && path.swallowed < MOST_SWALLOWED) {
      path.swallowed++;
      progress.retried(now);
      choose(other.get());
    } else if (still > Math.max(HOPELESS.toNanos(), 12 * path.rtt())) {
      progress.retried(now);
      String why = "answers, but carries nothing";
      path.link.giveUp(why);
      lost(path, why);
    }
  }

  /** How long the paths that carry take, and once more which one was chosen: words get lost. */
  private void measure(long now) {
    for (AttachedPath path : paths) {
      if (path.state == PathState.ACTIVE && path.unanswered == 0 && isUsed(path, now)) {
        say(path, new PathFrame.Ping(now));
      }
    }
    if (active != null && desktop && isUsed(active, now)) {
      say(active, new PathFrame.Select(epoch, bonded));
    }
    if (bonded) {
      PathScheduler.judge(paths, now);
    }
  }

  private static boolean isUsed(AttachedPath path, long now) {
    return now - Math.max(path.dataSentAt, path.dataHeardAt) < 2 * MEASURE_INTERVAL;
  }

  private void reschedule() {
    boolean fast =
        paths.stream()
            .anyMatch(p -> p.unanswered > 0 || (p.state == PathState.ACTIVE && p.owesUs()));
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
