// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.session.PathHandle;
import tollway.session.PathSnapshot;
import tollway.stun.NatMapping;

/**
 * Further associations of a desktop with one volunteer, each of them one more path. A browser's
 * SCTP slows down at every loss, each association by itself; {@code egress widget}'s does not, and
 * it never takes part. They are wished for when the first one is seen to be slow for that reason,
 * and agreed upon over it, where words get lost: each is said again, so many times, until it is
 * answered. On the loop.
 */
final class Stripes {
  /** Besides the first one. */
  static final int MOST = 3;

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration AGAIN = Duration.ofMillis(500);
  private static final int MOST_WISHES = 10;
  private static final int MOST_OFFERS = 20;

  /** The offer waits so many times {@link #AGAIN} for the last of our candidates. */
  private static final int PATIENCE = 2;

  /** Leaves room for what goes around a candidate; descriptions are ASCII. */
  private static final int LONGEST = StripeFrame.LONGEST_SDP - 8;

  private static final Logger log = LoggerFactory.getLogger(Stripes.class);

  /** What they ask of their owner. */
  interface Owner {
    /** Says a frame, whose reference it takes, to the volunteer. */
    void say(ByteBuf frame);

    /** How the first association's path did until now. */
    Optional<PathSnapshot> first();

    /** How many there may be now; asked once. */
    int room();

    /** Begin to connect; the path asks for the rest. */
    void connect(DesktopPath stripe);

    /** Add the path to the session. */
    PathHandle open(DesktopPath stripe);

    /** The egress has accepted one. */
    void attached();
  }

  private final EventLoop loop;
  private final NodeId widget;
  private final String label;
  private final Owner owner;
  private final List<Stripe> stripes = new ArrayList<>();
  private final SlowSeconds slow = new SlowSeconds();
  private @Nullable Timer watch;
  private @Nullable Timer again;
  private int wishes;
  private boolean answered;
  private boolean over;

  /** {@code label}: what the session calls the first. */
  Stripes(EventLoop loop, NodeId widget, String label, Owner owner) {
    this.loop = loop;
    this.widget = widget;
    this.label = label;
    this.owner = owner;
  }

  /** The first association leads to the egress; once more is harmless. */
  void begin() {
    loop.checkInLoop();
    if (watch == null && !over) {
      watch = loop.every(LOOK, this::look);
    }
  }

  /** Something that the volunteer said to us alone; the frame stays the caller's. */
  void heard(ByteBuf frame) {
    if (wishes == 0 || over) {
      return; // Not asked.
    }
    try {
      StripeFrame word = StripeFrameCodec.decode(frame.nioBuffer());
      if (word instanceof StripeFrame.Holds holds && !answered) {
        answered = true;
        offer(Math.min(Math.min(holds.most(), MOST), owner.room()));
      } else if (word instanceof StripeFrame.Answer answer) {
        answer(answer);
      }
    } catch (MalformedBytesException wrong) {
      log.debug("a volunteer's word is ignored: {}", wrong.getMessage());
    }
  }

  /** Those that there are, in the making or done. */
  int size() {
    return (int) stripes.stream().filter(stripe -> !stripe.gone).count();
  }

  boolean has(String name) {
    return stripes.stream().anyMatch(stripe -> stripe.path.label().equals(name));
  }

  /** The egress has accepted the path of this name, if it is one of ours. */
  void attached(String name) {
    for (Stripe stripe : stripes) {
      if (stripe.path.label().equals(name) && !stripe.gone && !stripe.path.isAttached()) {
        stripe.path.attached();
        owner.attached();
      }
    }
  }

  /** The session has given up the path of this name, if it is one of ours. */
  void dead(String name, String why) {
    stripes.stream()
        .filter(stripe -> stripe.path.label().equals(name))
        .forEach(stripe -> stripe.path.end(why));
  }

  /** {@code first} and what the others carried. */
  PeerSnapshot with(PeerSnapshot first) {
    return stripes.stream().map(stripe -> stripe.path.snapshot()).reduce(first, PeerSnapshot::and);
  }

  /** They end with the first. */
  void end(String why) {
    over = true;
    if (watch != null) {
      watch.cancel();
    }
    if (again != null) {
      again.cancel();
      again = null;
    }
    stripes.forEach(stripe -> stripe.path.end(why));
  }

  private void look() {
    if (wishes == 0 && owner.first().filter(slow::isEnough).isPresent()) {
      Objects.requireNonNull(watch).cancel();
      turn();
    }
  }

  private void offer(int count) {
    for (int number = 1; number <= count; number++) {
      Stripe stripe = new Stripe(number);
      stripes.add(stripe);
      owner.connect(stripe.path);
    }
    takeTurns(count > 0);
  }

  private void answer(StripeFrame.Answer answer) {
    for (Stripe stripe : stripes) {
      if (stripe.number == answer.number() && stripe.tries > 0 && !stripe.answered) {
        stripe.answered = true;
        stripe.path.answer(answer.sdp());
      }
    }
  }

  /** Says what is not answered yet. */
  private void turn() {
    again = null;
    boolean waits = false;
    if (!answered && wishes < MOST_WISHES) {
      wishes++;
      waits = true;
      say(new StripeFrame.Wish(MOST));
    }
    for (Stripe stripe : stripes) {
      waits |= stripe.turn();
    }
    takeTurns(waits);
  }

  private void takeTurns(boolean more) {
    if (more && again == null && !over) {
      again = loop.schedule(AGAIN, this::turn);
    }
  }

  private void say(StripeFrame word) {
    owner.say(Unpooled.wrappedBuffer(StripeFrameCodec.encode(word).toArray()));
  }

  /** One further association, from its offer to its end; its number is not used again. */
  private final class Stripe implements DesktopPath.Owner {
    private final int number;
    private final DesktopPath path;
    private final StringBuilder candidates = new StringBuilder();
    private String description = "";
    private boolean complete;
    private int turns;
    private int tries;
    private boolean answered;
    private boolean gone;

    Stripe(int number) {
      this.number = number;
      path = new DesktopPath(widget, label + " #" + (number + 1), this);
    }

    /** Whether another turn may be of use. */
    private boolean turn() {
      turns++;
      if (gone || answered || tries >= MOST_OFFERS) {
        return false;
      }
      if (!description.isEmpty() && (complete || turns > PATIENCE)) {
        tries++;
        say(new StripeFrame.Offer(number, description + candidates));
      }
      return true;
    }

    @Override
    public void sendOffer(String sdp) {
      description = sdp;
    }

    @Override
    public void sendCandidate(String line) {
      if (line.isEmpty()) {
        complete = true;
        turn();
      } else if (description.length() + candidates.length() + line.length() < LONGEST) {
        candidates.append("a=").append(line).append("\r\n");
      }
    }

    @Override
    public void nat(NatMapping found) {
      // The first association found the same.
    }

    @Override
    public void aside(ByteBuf frame) {
      // All that there is to say is said over the first association.
    }

    @Override
    public PathHandle open(DesktopPath stripe) {
      return owner.open(stripe);
    }

    @Override
    public void ended(DesktopPath stripe, String why, boolean failed) {
      gone = true;
      log.debug("{} ended: {}", stripe.label(), why);
    }
  }
}
