// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.Timer;

/**
 * A session of polls with one freddie: one request listens, another says what there is to say. What
 * got lost on the way is said and asked again. Everything is on the loop.
 */
final class Polls {
  /** Who listens. */
  interface Owner {
    /** The next signal, not decoded. */
    void heard(Bytes signal);

    /**
     * The last word, unless it was the owner who closed.
     *
     * @param dialled whether somebody answered at all
     */
    void ended(String why, boolean dialled);
  }

  /** How long answers may be held, in seconds; less when somebody on the way does not wait. */
  private static final int PATIENCE = 20;

  private static final int LEAST_PATIENCE = 5;

  /** So often in a row something may be lost. */
  private static final int TRIES = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /** Who does not hold what it was asked to hold is asked no sooner than this. */
  private static final Duration HASTE = Duration.ofMillis(500);

  /** How long the last request may take, that says that we leave. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private final FreddieDial freddie;
  private final Owner owner;
  private final Lane listening;
  private final Lane talking;

  /** What freddie has not heard, as far as we know. */
  private final Deque<Bytes> unsaid = new ArrayDeque<>();

  private int unsaidBytes;

  /** The number of the first of these. */
  private long first = 1;

  /** The number of the last that we heard. */
  private long heard;

  private @Nullable Bytes session;
  private int patience = PATIENCE;
  private boolean ended;

  Polls(FreddieDial freddie, Owner owner) {
    this.freddie = freddie;
    this.owner = owner;
    listening = new Lane(true);
    talking = new Lane(false);
  }

  /** Begins a session. */
  void start() {
    listening.ask();
  }

  /** Whether freddie is on this host. */
  boolean isNear() {
    return listening.lane.isNear();
  }

  /** A signal; false when freddie does not take what we say. */
  boolean say(Bytes signal) {
    unsaid.add(signal);
    unsaidBytes += signal.size();
    if (unsaidBytes > FreddieDial.UNREAD_LIMIT) {
      return false;
    }
    // In an answer's time, and at the beginning, one request does for both.
    if (!listening.isFree()) {
      talking.ask();
    }
    return true;
  }

  /** Leaves. */
  void close() {
    if (ended) {
      return;
    }
    ended = true;
    listening.close();
    talking.close();
    if (session != null) {
      Lane goodbye = new Lane(false);
      goodbye.lane.ask(new Poll(Optional.of(session), 0, heard, 0, true, List.of()));
      freddie.loop().schedule(GOODBYE, goodbye::close);
    }
  }

  private void end(String why, boolean dialled) {
    if (!ended) {
      ended = true;
      listening.close();
      talking.close();
      owner.ended(why, dialled);
    }
  }

  private Poll next(boolean listens) {
    if (session == null) {
      return Poll.BEGIN;
    }
    List<Bytes> now = new ArrayList<>(unsaid).subList(0, Poll.fitting(unsaid));
    return new Poll(
        Optional.of(session), now.isEmpty() ? 0 : first, heard, listens ? patience : 0, false, now);
  }

  private void take(PollAnswer answer) {
    if (session == null) {
      session = answer.session().orElse(null);
    }
    while (!unsaid.isEmpty() && first <= answer.heard()) {
      unsaidBytes -= unsaid.remove().size();
      first++;
    }
    long number = answer.first();
    for (Bytes signal : answer.signals()) {
      if (number > heard + 1) {
        end("not a freddie: it left out what it has to say", true);
      }
      if (ended) {
        return;
      }
      if (number == heard + 1) {
        heard = number;
        owner.heard(signal);
      }
      number++;
    }
    if (session == null) {
      end("the connection was closed", true); // And it has said why.
    }
  }

  /** One of the two. */
  private final class Lane implements PollLane.Owner {
    private final boolean listens;
    private final PollLane lane;
    private @Nullable Timer pause;
    private long askedAt;
    private boolean resting;
    private int failures;

    Lane(boolean listens) {
      this.listens = listens;
      lane = new PollLane(freddie, this);
    }

    /** Whether it is about to ask. */
    boolean isFree() {
      return !lane.isBusy() && !resting;
    }

    void ask() {
      if (isFree() && !ended) {
        askedAt = freddie.loop().nanoTime();
        lane.ask(next(listens));
      }
    }

    void close() {
      lane.close();
      if (pause != null) {
        pause.cancel();
      }
    }

    @Override
    public void answered(PollAnswer answer) {
      if (ended) {
        close(); // That was the goodbye.
        return;
      }
      long before = first;
      boolean hasty = listens && answer.signals().isEmpty() && isHasty();
      take(answer);
      if (!listens && !unsaid.isEmpty() && first == before) {
        again("it does not hear what we say");
      } else if (hasty) {
        rest(HASTE);
      } else {
        failures = 0;
        if (listens || !unsaid.isEmpty()) {
          ask();
        }
      }
    }

    @Override
    public void refused(int status) {
      if (status == 404 && session != null) {
        end("it has forgotten us", true);
      } else if (status == 429 || (session == null && status >= 500)) {
        end("it does not let us in now: HTTP " + status, true);
      } else if (status < 500) {
        end("not a freddie: HTTP " + status, true);
      } else {
        again("HTTP " + status);
      }
    }

    @Override
    public void lost(String why, boolean dialled) {
      if (session == null) {
        end(why, dialled);
      } else {
        again(why);
      }
    }

    private void again(String why) {
      failures++;
      if (ended) {
        close();
      } else if (failures == TRIES) {
        end(why, true);
      } else {
        if (listens) {
          patience = Math.max(LEAST_PATIENCE, patience / 2);
        }
        rest(FIRST_PAUSE.multipliedBy(1L << failures));
      }
    }

    /** Whether an answer with nothing in it came as if nobody held it. */
    private boolean isHasty() {
      return freddie.loop().nanoTime() - askedAt < HASTE.toNanos();
    }

    private void rest(Duration time) {
      resting = true;
      pause =
          freddie
              .loop()
              .schedule(
                  time,
                  () -> {
                    resting = false;
                    ask();
                  });
    }
  }
}
