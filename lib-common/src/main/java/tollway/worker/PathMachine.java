// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.util.ArrayList;
import java.util.List;
import tollway.worker.PathEffect.Act;

/** The transitions drawn at {@link PathStage}; the peer that makes the channel has the deadline. */
public final class PathMachine {
  private PathMachine() {}

  public static Step<PathStage, PathEffect> onChannel(PathStage before) {
    return switch (before) {
      case CONNECTING -> new Step<>(PathStage.PROVING, List.of(Act.JOIN));
      // A volunteer opens no channels.
      case PROVING, ATTACHED -> new Step<>(before, List.of(Act.REFUSE_CHANNEL));
      case ENDED -> Step.stay(before);
    };
  }

  /** The egress has accepted the proof, and may say so again. */
  public static Step<PathStage, PathEffect> onAccepted(PathStage before) {
    return Step.stay(before == PathStage.PROVING ? PathStage.ATTACHED : before);
  }

  public static Step<PathStage, PathEffect> end(PathStage before, String why) {
    return end(before, why, before != PathStage.ATTACHED);
  }

  /** It was accepted, and still nothing of what it should carry arrives. */
  public static Step<PathStage, PathEffect> giveUp(PathStage before, String why) {
    return end(before, why, true);
  }

  private static Step<PathStage, PathEffect> end(PathStage before, String why, boolean failed) {
    if (before == PathStage.ENDED) {
      return Step.stay(before);
    }
    List<PathEffect> effects = new ArrayList<>(List.of(Act.CLOSE_PEER));
    if (before != PathStage.CONNECTING) {
      effects.add(new PathEffect.TellSession(why));
    }
    effects.add(new PathEffect.Ended(why, failed));
    return new Step<>(PathStage.ENDED, effects);
  }
}
