// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.worker.PathEffect.Act;

/** The path of a desktop. */
final class PathMachineTest {
  @Test
  void onlyWhatTheEgressAcceptedHasNotFailed() {
    assertThat(PathMachine.onAccepted(PathStage.PROVING).next()).isEqualTo(PathStage.ATTACHED);
    assertThat(PathMachine.onAccepted(PathStage.CONNECTING).next()).isEqualTo(PathStage.CONNECTING);
    assertThat(PathMachine.end(PathStage.ATTACHED, "gone").effects())
        .containsExactly(
            Act.CLOSE_PEER,
            new PathEffect.TellSession("gone"),
            new PathEffect.Ended("gone", false));
    assertThat(PathMachine.end(PathStage.CONNECTING, "no channel").effects())
        .containsExactly(Act.CLOSE_PEER, new PathEffect.Ended("no channel", true));
    assertThat(PathMachine.giveUp(PathStage.ATTACHED, "carries nothing").effects())
        .contains(new PathEffect.Ended("carries nothing", true));
  }

  @Test
  void anythingAtAnyTimeEndsOnceAndLeavesNothing() {
    World.play(1000, 12, Owner::new);
  }

  /** A desktop, as far as the path sees it. */
  private static final class Owner extends World<PathStage, PathEffect> {
    private boolean peerOpen = true;
    private boolean inSession;

    Owner() {
      super(PathStage.CONNECTING);
    }

    @Override
    void carryOut(PathEffect effect) {
      if (effect == Act.JOIN) {
        rule(peerOpen && !inSession, "joined twice");
        inSession = true;
      } else if (effect == Act.CLOSE_PEER) {
        rule(peerOpen, "a peer closed twice");
        peerOpen = false;
      } else if (effect instanceof PathEffect.TellSession tell) {
        rule(inSession, "the session does not have it");
        inSession = false;
        // The session closes the link of a path that it hears has gone.
        event("session closes", was -> PathMachine.end(was, tell.why()));
      } else if (effect instanceof PathEffect.Ended) {
        rule(!peerOpen && !inSession, "something is left");
        itIsOver();
      } else {
        rule(peerOpen, "a channel without a peer");
      }
    }

    @Override
    void happen(Random chance) {
      switch (chance.nextInt(6)) {
        case 0, 1 -> event("channel", PathMachine::onChannel);
        case 2, 3 -> event("accepted", PathMachine::onAccepted);
        case 4 -> event("given up", was -> PathMachine.giveUp(was, "it carries nothing"));
        default -> end();
      }
    }

    @Override
    void rules() {
      rule(peerOpen == (worker.state() != PathStage.ENDED), "peer and stage differ");
    }

    @Override
    void end() {
      event("end", was -> PathMachine.end(was, "it ends"));
    }
  }
}
