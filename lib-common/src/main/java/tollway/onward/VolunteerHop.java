// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.signaling.Signal;
import tollway.webrtc.PeerConfig;

/**
 * The way onwards of one person, by way of another volunteer: a data channel that is made when the
 * person comes and ends with them, and in which the volunteer sees a person like any other. On the
 * loop.
 *
 * <pre>
 * IDLE ──begin──▶ ASKING ──matched──▶ CONNECTING ──channel open──▶ OPEN
 *                   ▲──── not this one ────┤                        │
 *                   └───────────── 10 s gone ─▶ ENDED ◀── lost, closed
 * </pre>
 */
final class VolunteerHop implements Onward {
  /** What the hop asks of its owner. */
  interface Owner {
    /** For freddie. */
    void say(Signal signal);

    /** How channels are made, but for what they are called. */
    PeerConfig config();

    /** Once, last; {@code why}, unless it was closed. */
    void ended(VolunteerHop hop, Optional<String> why);
  }

  /** As long as a path may take to prove itself to the egress. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** There is one path, so its id says nothing. */
  private static final int PATH = 1;

  private final NettyEventLoop loop;
  private final long person;
  private final int distance;
  private final Owner owner;
  private final Set<NodeId> useless = new LinkedHashSet<>();
  private @Nullable Timer patience;
  private @Nullable VolunteerLink link;
  private @Nullable PathListener path;

  /** What came before the person did: the egress's question who it is. */
  private @Nullable ByteBuf early;

  private boolean ended;

  /** For {@code person}, the producer's match with them. */
  VolunteerHop(NettyEventLoop loop, Signal.Matched person, Owner owner) {
    this.loop = loop;
    this.person = person.match();
    distance = person.distance();
    this.owner = owner;
  }

  /** Looks for a volunteer; once more is harmless. */
  void begin() {
    if (patience == null && !ended) {
      String late = "no volunteer leads on to the egress within " + PATIENCE.toSeconds() + " s";
      patience = loop.schedule(PATIENCE, () -> fail(late));
      ask();
    }
  }

  /** freddie names a volunteer. */
  void matched(Signal.Matched match) {
    if (ended || link != null || match.distance() != distance - 1) {
      owner.say(new Signal.HangUp(match.match(), "no longer wanted", false));
    } else {
      link =
          new VolunteerLink(
              loop,
              owner.config().withChannel(HopLimit.channel(distance - 1)),
              match,
              new LinkEvents());
    }
  }

  /** The link of {@code match}, unless that is over. */
  Optional<VolunteerLink> link(long match) {
    return Optional.ofNullable(link).filter(each -> each.match() == match);
  }

  /** The link, when it carries. */
  Optional<VolunteerLink> openLink() {
    return Optional.ofNullable(link).filter(VolunteerLink::isOpen);
  }

  /** The volunteer or freddie ends a match; what is open knows better than freddie. */
  void hungUp(String why) {
    if (link != null && !link.isOpen()) {
      next(why);
    }
  }

  /** Half-made connections cannot go on without freddie; the others do not need it. */
  void freddieGone() {
    if (openLink().isEmpty()) {
      fail("freddie is gone");
    }
  }

  /** Nobody needs it any more. */
  @Override
  public void release() {
    end(Optional.empty());
  }

  private void end(Optional<String> why) {
    if (ended) {
      return;
    }
    ended = true;
    if (patience != null) {
      patience.cancel();
    }
    if (early != null) {
      early.release();
      early = null;
    }
    unlink(why.orElse("the person has gone"), false);
    owner.ended(this, why);
  }

  @Override
  public boolean isUp() {
    return !ended;
  }

  @Override
  public int open(PathListener listener) {
    path = listener;
    ByteBuf waiting = early;
    early = null;
    if (waiting != null) {
      loop.execute(() -> frame(waiting));
    }
    return PATH;
  }

  @Override
  public boolean send(int id, ByteBuf frame) {
    VolunteerLink carrier = link;
    if (carrier == null) {
      frame.release();
      return false;
    }
    return carrier.send(frame);
  }

  @Override
  public void closePath(int id) {
    path = null;
    release();
  }

  @Override
  public int distance() {
    return distance;
  }

  @Override
  public Optional<NodeId> volunteer() {
    return openLink().map(VolunteerLink::volunteer);
  }

  private void ask() {
    owner.say(new Signal.OnwardRequest(person, List.copyOf(useless)));
  }

  private void frame(ByteBuf frame) {
    PathListener told = path;
    if (told != null && !ended) {
      told.frame(frame);
    } else if (ended) {
      frame.release();
    } else {
      if (early != null) {
        early.release();
      }
      early = frame;
    }
  }

  /** Leaves the volunteer, of whom freddie hears. */
  private void unlink(String why, boolean failed) {
    VolunteerLink last = link;
    link = null;
    if (last != null) {
      last.end();
      owner.say(new Signal.HangUp(last.match(), why, failed));
    }
  }

  /** That one was of no use; there may be another, as long as there is time. */
  private void next(String why) {
    if (ended || link == null) {
      return;
    }
    useless.add(link.volunteer());
    unlink(why, true);
    if (useless.size() > Signal.MAX_EXCLUDED) {
      fail("no volunteer leads on to the egress: " + why);
    } else {
      ask();
    }
  }

  private void fail(String why) {
    end(Optional.of(why));
  }

  private final class LinkEvents implements VolunteerLink.Owner {
    @Override
    public void say(Signal signal) {
      owner.say(signal);
    }

    @Override
    public void open() {
      if (patience != null) {
        patience.cancel();
      }
    }

    @Override
    public void frame(ByteBuf frame) {
      VolunteerHop.this.frame(frame);
    }

    @Override
    public void ended(boolean wasOpen, String why) {
      if (wasOpen) {
        fail("the volunteer on the way to the egress: " + why);
      } else {
        next(why);
      }
    }
  }
}
