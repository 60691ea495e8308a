// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.wire.LinkMessage;

/**
 * The transitions drawn at {@link NeighborState}: pure functions of what was known, what happened
 * and when.
 */
final class NeighborMachine {
  /** At most one confirmation per neighbour in this time. */
  static final Duration CONFIRM_PAUSE = Duration.ofSeconds(1);

  /**
   * How long the larger key leaves the opening of the tunnel to the smaller. Not longer: a smaller
   * one that still holds the tunnel of before our restart does not open. Requests may cross.
   */
  static final Duration LARGER_KEY_WAITS = Duration.ofMillis(500);

  /** First pause before a request is said again; doubles each time. */
  static final Duration REQUEST_PAUSE = Duration.ofMillis(500);

  static final Duration OPENING_LIMIT = Duration.ofSeconds(10);
  static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  /** One neighbour does not make us build more often: it asks again. */
  static final Duration BUILD_PAUSE = Duration.ofSeconds(1);

  /** WireGuard's REJECT_AFTER_TIME: keys older than this carry nothing. */
  static final Duration HANDSHAKE_LIFE = Duration.ofMinutes(3);

  private NeighborMachine() {}

  /** A verified message, whose addresses have been found acceptable. */
  static Step onMessage(Neighbor before, LinkMessage message, Instant now) {
    return message.accept(
        new LinkMessage.Visitor<>() {
          @Override
          public Step visit(LinkMessage.Hello hello) {
            return onHello(before, now);
          }

          @Override
          public Step visit(LinkMessage.HelloConfirm confirm) {
            return onHelloConfirm(before, now);
          }

          @Override
          public Step visit(LinkMessage.Tunnel tunnel) {
            return onTunnel(
                before, new TunnelEnd(tunnel.tunnelKey(), tunnel.tunnelEndpoint()), now);
          }

          @Override
          public Step visit(LinkMessage.TunnelConfirm confirm) {
            return onTunnelConfirm(
                before, new TunnelEnd(confirm.tunnelKey(), confirm.tunnelEndpoint()));
          }
        });
  }

  private static Step onHello(Neighbor before, Instant now) {
    Contact contact = before.contact();
    if (now.isBefore(after(contact.confirmed(), CONFIRM_PAUSE))) {
      return Step.to(before);
    }
    NeighborEffect confirm = new NeighborEffect.SayHelloConfirm(contact.control());
    if (before.state() != NeighborState.SEEN) {
      return Step.to(before.with(contact.confirmed(now)), confirm);
    }
    // Until it confirms us we cannot know that it hears us, nor that it is there now: we ask.
    return Step.to(
        before.with(contact.confirmed(now).asked(now)),
        confirm,
        new NeighborEffect.SayHello(contact.control()));
  }

  private static Step onHelloConfirm(Neighbor before, Instant now) {
    if (before.state() != NeighborState.SEEN) {
      return Step.to(before);
    }
    Instant openAt = before.weOpen() ? now : now.plus(LARGER_KEY_WAITS);
    return openWhenDue(before.confirmed(openAt), now);
  }

  private static Step onTunnel(Neighbor before, TunnelEnd peer, Instant now) {
    if (!before.welcome()) {
      return Step.to(before);
    }
    if (before.attempt().isEmpty()) {
      return accept(before, peer, now);
    }
    Attempt attempt = before.attempt().get();
    if (attempt.peer().equals(Optional.of(peer))) {
      // Said again because our answer got lost, or the requests crossed.
      return Step.to(before, answer(before, attempt));
    }
    if (attempt.ours() && attempt.peer().isEmpty()) {
      // The requests cross: each is the answer to the other, and nobody starts again.
      Attempt met = attempt.withPeer(peer);
      List<NeighborEffect> effects = new ArrayList<>();
      effects.add(new NeighborEffect.SetPeer(met.generation(), peer));
      effects.addAll(List.of(answer(before, met)));
      return new Step(Optional.of(before.with(met)), effects);
    }
    return now.isBefore(attempt.since().plus(BUILD_PAUSE))
        ? Step.to(before)
        : accept(before, peer, now);
  }

  /** The existing tunnel ends first; the new one answers when it listens. */
  private static Step accept(Neighbor before, TunnelEnd peer, Instant now) {
    Attempt attempt = Attempt.started(before.generation() + 1, false, Optional.of(peer), now);
    List<NeighborEffect> effects = new ArrayList<>(revoke(before));
    effects.add(new NeighborEffect.Build(attempt.generation()));
    effects.add(new NeighborEffect.SetPeer(attempt.generation(), peer));
    return new Step(Optional.of(before.opening(attempt)), effects);
  }

  /** Our end, as soon as it is known; until then there is nothing to answer with. */
  private static NeighborEffect[] answer(Neighbor neighbor, Attempt attempt) {
    return attempt.own().stream()
        .map(own -> new NeighborEffect.SayTunnelConfirm(neighbor.contact().control(), own))
        .toArray(NeighborEffect[]::new);
  }

  private static Step onTunnelConfirm(Neighbor before, TunnelEnd peer) {
    if (before.state() != NeighborState.OPENING || before.attempt().isEmpty()) {
      return Step.to(before);
    }
    Attempt attempt = before.attempt().get();
    boolean asked = attempt.ours() && attempt.requests() > 0;
    if (!asked || attempt.peer().equals(Optional.of(peer))) {
      return Step.to(before);
    }
    return Step.to(
        before.with(attempt.withPeer(peer)),
        new NeighborEffect.SetPeer(attempt.generation(), peer));
  }

  /** The tunnel of that generation listens now, with this end. */
  static Step onTunnelReady(Neighbor before, int generation, TunnelEnd own, Instant now) {
    if (!isCurrent(before, generation)) {
      return Step.to(before);
    }
    Attempt attempt = before.attempt().orElseThrow().withOwn(own);
    if (attempt.peer().isPresent()) {
      return Step.to(before.with(attempt), answer(before, attempt));
    }
    return Step.to(
        before.with(attempt.requested(now)),
        new NeighborEffect.SayTunnel(before.contact().control(), own));
  }

  /** The tunnel of that generation cannot be made. */
  static Step onTunnelFailed(Neighbor before, int generation, Instant now) {
    return isCurrent(before, generation) ? giveUp(before, now) : Step.to(before);
  }

  /** What served the tunnel died and is being made anew with the same keys. */
  static Step onTunnelLost(Neighbor before, int generation, Instant now) {
    if (!isCurrent(before, generation)) {
      return Step.to(before);
    }
    Neighbor next = before.opening(before.attempt().orElseThrow().again(now));
    return new Step(Optional.of(next), revoke(before));
  }

  /** WireGuard's stamp of the last handshake: the only proof that counts. */
  static Step onHandshake(Neighbor before, int generation, Instant stamp, Instant now) {
    if (!isCurrent(before, generation) || before.lastHandshake().equals(Optional.of(stamp))) {
      return Step.to(before);
    }
    Neighbor next = before.open(before.attempt().orElseThrow().shaken(stamp, now));
    return before.mayForward() ? Step.to(next) : Step.to(next, new NeighborEffect.Forward(true));
  }

  /** The operator lets it have a tunnel, or no longer: then it ends at once. */
  static Step onWelcome(Neighbor before, boolean welcome, Instant now) {
    if (before.welcome() == welcome) {
      return Step.to(before);
    }
    Neighbor changed = before.welcome(welcome);
    if (welcome || !before.holdsTunnel()) {
      return Step.to(changed);
    }
    return end(changed, changed.confirmed(now));
  }

  /** It gives its tunnel up for somebody who has more right to one. */
  static Step makeWay(Neighbor before, Instant now) {
    return giveUp(before, now);
  }

  /** A new tunnel with fresh keys, now; what there is ends. */
  static Step renew(Neighbor before, Instant now) {
    Attempt attempt = Attempt.started(before.generation() + 1, true, Optional.empty(), now);
    List<NeighborEffect> effects = new ArrayList<>();
    // First the keys: nothing passes without a peer, and the request leaves the sooner.
    effects.add(new NeighborEffect.Build(attempt.generation()));
    effects.addAll(revoke(before));
    return new Step(Optional.of(before.opening(attempt)), effects);
  }

  /** Time has passed. {@code silence}: how long without a word makes a neighbour forgotten. */
  static Step onTick(Neighbor before, Duration silence, Instant now) {
    boolean silent = !now.isBefore(after(before.contact().heard(), silence));
    return switch (before.state()) {
      case SEEN -> silent ? forget(before) : Step.to(before);
      case CONFIRMED -> silent ? forget(before) : openWhenDue(before, now);
      case OPENING -> onTickOpening(before, now);
      case TUNNEL -> onTickTunnel(before, silent, now);
    };
  }

  private static Step onTickOpening(Neighbor before, Instant now) {
    Attempt attempt = before.attempt().orElseThrow();
    if (!now.isBefore(attempt.since().plus(OPENING_LIMIT))) {
      return giveUp(before, now);
    }
    boolean waits = attempt.requests() > 0 && attempt.peer().isEmpty();
    if (!waits || now.isBefore(attempt.requestedAt().plus(pause(attempt.requests())))) {
      return Step.to(before);
    }
    return Step.to(
        before.with(attempt.requested(now)),
        new NeighborEffect.SayTunnel(before.contact().control(), attempt.own().orElseThrow()));
  }

  private static Step onTickTunnel(Neighbor before, boolean silent, Instant now) {
    Attempt attempt = before.attempt().orElseThrow();
    if (now.isBefore(attempt.handshakeSeen().plus(HANDSHAKE_LIFE))) {
      return Step.to(before);
    }
    if (silent) {
      return forget(before);
    }
    // The interface stays, and routes with it: the next tunnel takes it over.
    Instant openAt = before.weOpen() ? now : now.plus(LARGER_KEY_WAITS);
    Step opened = openWhenDue(before.confirmed(openAt), now);
    List<NeighborEffect> effects = new ArrayList<>(revoke(before));
    effects.addAll(opened.effects());
    return new Step(opened.next(), effects);
  }

  private static Step openWhenDue(Neighbor confirmed, Instant now) {
    if (!confirmed.welcome() || now.isBefore(confirmed.openAt())) {
      return Step.to(confirmed);
    }
    Attempt attempt = Attempt.started(confirmed.generation() + 1, true, Optional.empty(), now);
    return Step.to(confirmed.opening(attempt), new NeighborEffect.Build(attempt.generation()));
  }

  private static Step giveUp(Neighbor before, Instant now) {
    Duration wait = backoff(before.failures());
    Instant openAt = now.plus(before.weOpen() ? wait : wait.plus(LARGER_KEY_WAITS));
    return end(before, before.failed(openAt));
  }

  private static Step end(Neighbor before, Neighbor next) {
    List<NeighborEffect> effects = new ArrayList<>(revoke(before));
    effects.add(new NeighborEffect.Remove());
    return new Step(Optional.of(next), effects);
  }

  /** Also a neighbour without a tunnel may have an interface left of an earlier one. */
  static Step forget(Neighbor before) {
    List<NeighborEffect> effects = new ArrayList<>(revoke(before));
    effects.add(new NeighborEffect.Remove());
    return new Step(Optional.empty(), effects);
  }

  private static List<NeighborEffect> revoke(Neighbor before) {
    return before.mayForward() ? List.of(new NeighborEffect.Forward(false)) : List.of();
  }

  private static boolean isCurrent(Neighbor before, int generation) {
    return before.attempt().isPresent() && before.generation() == generation;
  }

  private static Duration pause(int requests) {
    return REQUEST_PAUSE.multipliedBy(1L << Math.min(requests - 1, 4));
  }

  private static Duration backoff(int failures) {
    Duration wait = Duration.ofSeconds(1L << Math.min(failures, 6));
    return wait.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : wait;
  }

  /** {@link Instant#MIN} plus anything is still long ago. */
  private static Instant after(Instant start, Duration wait) {
    return start.equals(Instant.MIN) ? start : start.plus(wait);
  }
}
