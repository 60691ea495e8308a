// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tollway.link.LinkConfig;
import tollway.neighbor.Attempt;
import tollway.neighbor.Drop;
import tollway.neighbor.Neighbor;

/** Puts states into sentences that say what to do. */
final class Reasons {
  /** A tunnel that lives shakes hands every two minutes. */
  private static final Duration FRESH = Duration.ofSeconds(150);

  private Reasons() {}

  /**
   * What is around one neighbour. {@code room}: there may be another tunnel; {@code trouble}: what
   * the system said when a tunnel could not be made; {@code received}: bytes out of the tunnel.
   */
  record Circumstances(
      Instant now,
      String tunnel,
      Optional<Instant> closedUntil,
      boolean room,
      int limit,
      Optional<String> trouble,
      long received) {}

  static Reason of(Neighbor neighbor, Circumstances around) {
    if (around.closedUntil().isPresent()) {
      return closed(neighbor.id().node().base64(), around.closedUntil().get(), around.now());
    }
    if (!neighbor.welcome()) {
      return new Reason(
          "UNTRUSTED",
          "Only keys that are listed get a tunnel, and this one is not, or for another interface:"
              + " 'scrooge neighbor allow "
              + neighbor.id().node().base64()
              + "' lets it have one.");
    }
    String link = neighbor.id().link();
    return switch (neighbor.state()) {
      case SEEN ->
          new Reason(
              "NOT_CONFIRMED",
              "We hear it on "
                  + link
                  + " (last "
                  + ago(neighbor.contact().heard(), around.now())
                  + "), and it does not say that it hears us: let UDP port "
                  + LinkConfig.PORT
                  + " in on its side, and in on ours what it answers.");
      case CONFIRMED -> confirmed(neighbor, around);
      case OPENING -> opening(neighbor, around);
      case TUNNEL -> tunnel(neighbor, around);
    };
  }

  private static Reason confirmed(Neighbor neighbor, Circumstances around) {
    if (!around.room()) {
      return new Reason(
          "LIMIT",
          "As many tunnels as may be exist already, "
              + around.limit()
              + ": --max-tunnels allows more, 'scrooge tunnel close' makes room, a pinned"
              + " neighbour gets one before others.");
    }
    String next =
        neighbor.openAt().isAfter(around.now())
            ? " The next attempt is in " + until(neighbor.openAt(), around.now()) + "."
            : " The next attempt is now.";
    if (around.trouble().isPresent()) {
      return new Reason(
          "SYSTEM", "The tunnel cannot be made: " + around.trouble().get() + "." + next);
    }
    if (neighbor.failures() > 0) {
      return new Reason(
          "NO_HANDSHAKE",
          "We hear each other, and "
              + neighbor.failures()
              + (neighbor.failures() == 1 ? " attempt" : " attempts")
              + " to make a tunnel led to no handshake: let the tunnel ports (UDP, --tunnel-ports)"
              + " in from "
              + neighbor.id().link()
              + " at both ends."
              + next);
    }
    return new Reason("WAITING", "We hear each other, and the tunnel comes next." + next);
  }

  private static Reason opening(Neighbor neighbor, Circumstances around) {
    Attempt attempt = neighbor.attempt().orElseThrow();
    String since = " (since " + age(attempt.since(), around.now()) + ")";
    if (attempt.own().isEmpty()) {
      return new Reason("BUILDING", "Our end of the tunnel is being made" + since + ".");
    }
    if (attempt.peer().isEmpty()) {
      return new Reason(
          "NO_ANSWER",
          "We asked "
              + attempt.requests()
              + (attempt.requests() == 1 ? " time" : " times")
              + since
              + ", and it does not answer: it may not trust us, have as many tunnels as it may, or"
              + " have closed ours. 'scrooge explain' there says which.");
    }
    return new Reason(
        "NO_HANDSHAKE_YET",
        "Both ends are made"
            + since
            + ", and no handshake came through: let UDP port "
            + attempt.own().get().endpoint().port()
            + " in here, and port "
            + attempt.peer().get().endpoint().port()
            + " there."
            + (around.received() > 0 ? " Some packets of it do arrive." : ""));
  }

  private static Reason tunnel(Neighbor neighbor, Circumstances around) {
    Instant seen = neighbor.attempt().orElseThrow().handshakeSeen();
    String handshake = "last handshake " + ago(seen, around.now());
    return Duration.between(seen, around.now()).compareTo(FRESH) > 0
        ? new Reason(
            "SILENT",
            "There is a tunnel, "
                + around.tunnel()
                + ", but nothing answers in it ("
                + handshake
                + "): the neighbour may be gone. After three minutes without one it is made anew,"
                + " or forgotten.")
        : new Reason(
            "UP",
            "There is a tunnel, "
                + around.tunnel()
                + ", and we forward for it ("
                + handshake
                + ").");
  }

  static Reason closed(String key, Instant until, Instant now) {
    String end = "'scrooge tunnel open " + key + "' opens it";
    return new Reason(
        "CLOSED",
        "You closed this tunnel: "
            + (until.equals(Instant.MAX)
                ? end + "."
                : "it opens by itself in " + until(until, now) + ", or now: " + end + "."));
  }

  /** What a count of messages that were turned away means, and what to do. */
  static String of(Drop why) {
    return switch (why) {
      case MALFORMED -> "were no messages: another program uses our port, or somebody probes it.";
      case CLOSED -> "came while we speak with nobody: trust is off.";
      case BLOCKED -> "came from keys that you blocked.";
      case OWN ->
          "came from our own key: two routers have the same one; 'scrooge keygen --force' on one"
              + " of them.";
      case STALE ->
          "had a number that was used already: repeated by somebody, or their sender lost its"
              + " state and its clock is slow.";
      case OVER_BUDGET ->
          "were more than we check, 20 a second of one source and 500 of all strangers: somebody"
              + " floods us.";
      case MISDIRECTED ->
          "were for another node, or for what we were before a restart: somebody repeats them"
              + " elsewhere.";
      case DOWNGRADE ->
          "were in the old format, of somebody with whom we speak the new one: somebody repeats"
              + " them, or it runs without --scrooge2 now.";
      case FORGED -> "had a wrong signature: somebody pretends to be somebody else.";
      case OFF_LINK ->
          "named an address that is not on that link: we would have been made to send elsewhere.";
      case TABLE_FULL -> "came from new neighbours when there was room for none.";
      case UNSOLVED -> "claimed an effort to be heard that was not made, or too small a one.";
      case CROWDED -> "came from more newcomers at a time than we take in.";
      case UNASKED -> "confirmed a hello that we had not said: repetitions, or very late.";
      case UNINTRODUCED ->
          "asked for a tunnel without a hello before, or not from where the hello came.";
      case TUNNEL_CLOSED -> "asked for tunnels that you closed.";
    };
  }

  static String ago(Instant then, Instant now) {
    return age(then, now) + " ago";
  }

  private static String until(Instant then, Instant now) {
    return age(now, then);
  }

  private static String age(Instant from, Instant to) {
    long seconds = Math.max(0, Duration.between(from, to).toSeconds());
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
  }
}
