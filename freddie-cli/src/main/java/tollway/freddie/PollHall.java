// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tollway.bytes.Bytes;
import tollway.signaling.Poll;

/** The sessions of those who poll, by their names. Any thread. */
final class PollHall {
  static final int NOT_FOUND = 404;
  static final int TOO_MANY = 429;

  /** Who has not said who it is holds no more than these, whatever {@code --max-clients} is. */
  private static final int MOST_UNPROVED = 1024;

  private final SignalServer server;
  private final SecureRandom random;
  private final int mostUnproved;
  private final Map<Bytes, PollSession> sessions = new ConcurrentHashMap<>();
  private final Backlog held;

  /** The oldest first; guarded by itself. */
  private final Set<PollSession> unproved = new LinkedHashSet<>();

  PollHall(SignalServer server, FreddieConfig.Limits limits, SecureRandom random) {
    this.server = server;
    this.random = random;
    mostUnproved = Math.min(MOST_UNPROVED, limits.clients() / 4 + 1);
    held = new Backlog(limits.unreadBytes());
  }

  /** How much the requests hold that have not come in whole. */
  Backlog held() {
    return held;
  }

  /** {@code loop} is where {@code waiter} came; a new session lives there. */
  void asks(Poll poll, PollWaiter waiter, EventLoop loop) {
    if (poll.session().isEmpty()) {
      begin(waiter, loop);
      return;
    }
    PollSession session = sessions.get(poll.session().get());
    if (session == null) {
      waiter.refuse(NOT_FOUND, "no such session: begin another");
    } else {
      waiter.belongsTo(session);
      session.onLoop(() -> session.asks(poll, waiter));
    }
  }

  /** Every client is told, and told no more. */
  void close() {
    for (PollSession session : new ArrayList<>(sessions.values())) {
      session.stop();
    }
  }

  /** Who begins sessions by the thousand only drives out others of its kind. */
  void enters(PollSession session) {
    sessions.put(session.name(), session);
    Optional<PollSession> oldest = Optional.empty();
    synchronized (unproved) {
      unproved.add(session);
      if (unproved.size() > mostUnproved) {
        Iterator<PollSession> all = unproved.iterator();
        oldest = Optional.of(all.next());
        all.remove();
      }
    }
    oldest.ifPresent(first -> first.onLoop(() -> first.cut(Counters.Cut.OVERFULL)));
  }

  /** The session has said who it claims to be, or has ended. */
  void proved(PollSession session) {
    synchronized (unproved) {
      unproved.remove(session);
    }
  }

  void forget(PollSession session) {
    sessions.remove(session.name());
    proved(session);
  }

  String metrics() {
    return """
        # TYPE freddie_poll_sessions gauge
        freddie_poll_sessions %d
        """
        .formatted(sessions.size());
  }

  private void begin(PollWaiter waiter, EventLoop loop) {
    if (!server.newcomers().admits(waiter.remote())) {
      server.counters().cut(Counters.Cut.TOO_OFTEN);
      waiter.refuse(TOO_MANY, "too many come from there");
      return;
    }
    PollSession session =
        new PollSession(
            server, this, Bytes.random(random, Poll.SESSION_SIZE), waiter.remote(), loop, random);
    waiter.belongsTo(session);
    session.onLoop(() -> session.begin(waiter));
  }
}
