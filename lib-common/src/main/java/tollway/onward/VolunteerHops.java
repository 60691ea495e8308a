// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.loop.NettyEventLoop;
import tollway.signaling.Signal;
import tollway.webrtc.PeerConfig;

/**
 * The people of a volunteer who get on by way of other volunteers. Each has a hop of their own:
 * each is a path of its own to the egress, and takes a slot of the next volunteer. On the loop.
 */
public final class VolunteerHops {
  private final NettyEventLoop loop;
  private final Consumer<Signal> freddie;
  private final Supplier<PeerConfig> config;

  /** By the match with the person. */
  private final Map<Long, VolunteerHop> hops = new HashMap<>();

  /** By the match with the next volunteer. */
  private final Map<Long, VolunteerHop> onward = new HashMap<>();

  /** {@code freddie} hears what is said to it; {@code config} is how channels are made now. */
  public VolunteerHops(NettyEventLoop loop, Consumer<Signal> freddie, Supplier<PeerConfig> config) {
    this.loop = loop;
    this.freddie = freddie;
    this.config = config;
  }

  /** A way onwards for {@code person}; {@code failed} hears why when it ends by itself. */
  public Onward add(Signal.Matched person, Consumer<String> failed) {
    VolunteerHop hop = new VolunteerHop(loop, person, new HopEvents(person.match(), failed));
    hops.put(person.match(), hop);
    return hop;
  }

  /** The person of this match is in earnest. */
  public void begin(long person) {
    VolunteerHop hop = hops.get(person);
    if (hop != null) {
      hop.begin();
    }
  }

  /** We are the consumer of a match. */
  public void matched(Signal.Matched match) {
    VolunteerHop hop = match.onwardOf().map(hops::get).orElse(null);
    if (hop == null) {
      freddie.accept(new Signal.HangUp(match.match(), "no longer wanted", false));
    } else {
      onward.put(match.match(), hop);
      hop.matched(match);
    }
  }

  public void answer(Signal.Description answer) {
    VolunteerHop hop = onward.get(answer.match());
    if (hop != null) {
      hop.link(answer.match()).ifPresent(link -> link.answer(answer.sdp()));
    }
  }

  public void candidate(Signal.Candidate candidate) {
    VolunteerHop hop = onward.get(candidate.match());
    if (hop != null) {
      hop.link(candidate.match()).ifPresent(link -> link.candidate(candidate.line()));
    }
  }

  public void hungUp(Signal.HangUp hangUp) {
    VolunteerHop hop = onward.get(hangUp.match());
    if (hop != null) {
      hop.hungUp(hangUp.why());
    }
  }

  /** freddie has forgotten every match. */
  public void freddieGone() {
    List<VolunteerHop> all = List.copyOf(hops.values());
    hops.clear();
    onward.clear();
    all.forEach(VolunteerHop::freddieGone);
  }

  private final class HopEvents implements VolunteerHop.Owner {
    private final long person;
    private final Consumer<String> failed;

    HopEvents(long person, Consumer<String> failed) {
      this.person = person;
      this.failed = failed;
    }

    @Override
    public void say(Signal signal) {
      if (signal instanceof Signal.HangUp hangUp) {
        onward.remove(hangUp.match());
      }
      freddie.accept(signal);
    }

    @Override
    public PeerConfig config() {
      return config.get();
    }

    @Override
    public void ended(VolunteerHop hop, Optional<String> why) {
      hops.remove(person, hop);
      why.ifPresent(failed);
    }
  }
}
