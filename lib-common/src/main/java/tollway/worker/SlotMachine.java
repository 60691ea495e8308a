// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tollway.worker.Slot.Stage;
import tollway.worker.SlotEffect.Act;

/** The transitions drawn at {@link Slot.Stage}. */
public final class SlotMachine {
  /** Whoever was matched and does not offer by then is gone. */
  static final Duration OFFER_DEADLINE = Duration.ofSeconds(20);

  static final Duration LINGER = Duration.ofMillis(150);

  private static final int NONE = 0;
  private static final int FOR_OFFER = 1;
  private static final int FOR_LAST_WORDS = 2;

  /** Before {@link #begin}. */
  public static final Slot MATCHED = new Slot(Stage.MATCHED, NONE);

  private SlotMachine() {}

  /** freddie has named somebody; once. */
  public static Step<Slot, SlotEffect> begin(Slot before) {
    return before.equals(MATCHED)
        ? step(Stage.MATCHED, FOR_OFFER, new SlotEffect.Wake(FOR_OFFER, OFFER_DEADLINE))
        : Step.stay(before);
  }

  /** A second offer is nobody's: the slot has its peer. */
  public static Step<Slot, SlotEffect> onOffer(Slot before, String sdp) {
    return before.stage() == Stage.MATCHED
        ? step(Stage.CONNECTING, NONE, Act.CANCEL_WAKE, new SlotEffect.Answer(sdp))
        : Step.stay(before);
  }

  /** The peer has opened a channel; {@code admitted}: our way is not too long for it. */
  public static Step<Slot, SlotEffect> onChannel(
      Slot before, boolean admitted, boolean egressIsUp) {
    return switch (before.stage()) {
      case MATCHED, ENDED -> Step.stay(before);
      case CONNECTING -> firstChannel(before, admitted, egressIsUp);
      // One channel is all a person needs.
      case RELAYING, PARTING -> new Step<>(before, List.of(Act.REFUSE_CHANNEL));
    };
  }

  private static Step<Slot, SlotEffect> firstChannel(
      Slot before, boolean admitted, boolean egressIsUp) {
    if (!admitted) {
      return end(before, SlotEnd.TOO_FAR, "the person accepts fewer volunteers than this takes");
    }
    return egressIsUp
        ? step(Stage.RELAYING, NONE, Act.JOIN)
        : end(before, SlotEnd.EGRESS_AWAY, "the egress is not connected");
  }

  /** The connection with the person, or their channel, is gone. */
  public static Step<Slot, SlotEffect> onPersonGone(Slot before, String why) {
    return end(before, before.isRelaying() ? SlotEnd.LEFT : SlotEnd.NO_CHANNEL, why);
  }

  /** The egress closed the path. */
  public static Step<Slot, SlotEffect> onPathClosed(Slot before) {
    return before.stage() == Stage.RELAYING
        ? step(Stage.PARTING, FOR_LAST_WORDS, new SlotEffect.Wake(FOR_LAST_WORDS, LINGER))
        : Step.stay(before);
  }

  /** The connection with the egress is gone, and the path with it. */
  public static Step<Slot, SlotEffect> onEgressLost(Slot before) {
    return before.stage() == Stage.RELAYING
        ? ended(before, false, SlotEnd.EGRESS_AWAY, "the egress is no longer connected")
        : Step.stay(before);
  }

  public static Step<Slot, SlotEffect> onAlarm(Slot before, int number) {
    if (number != before.alarm()) {
      return Step.stay(before);
    }
    return switch (number) {
      case FOR_OFFER -> end(before, SlotEnd.NO_OFFER, "no offer came");
      case FOR_LAST_WORDS -> end(before, SlotEnd.EGRESS_CLOSED, "the egress closed the path");
      default -> Step.stay(before);
    };
  }

  /** The volunteer wants it so, or the other end by way of freddie. */
  public static Step<Slot, SlotEffect> end(Slot before, SlotEnd cause, String why) {
    return before.stage() == Stage.ENDED ? Step.stay(before) : ended(before, true, cause, why);
  }

  private static Step<Slot, SlotEffect> ended(
      Slot before, boolean hasPath, SlotEnd cause, String why) {
    List<SlotEffect> effects = new ArrayList<>();
    if (before.alarm() != NONE) {
      effects.add(Act.CANCEL_WAKE);
    }
    if (hasPath && before.stage() == Stage.RELAYING) {
      effects.add(Act.CLOSE_PATH);
    }
    if (before.stage() != Stage.MATCHED) {
      effects.add(Act.CLOSE_PEER);
    }
    effects.add(new SlotEffect.Ended(cause, why, !before.isRelaying()));
    return new Step<>(new Slot(Stage.ENDED, NONE), effects);
  }

  private static Step<Slot, SlotEffect> step(Stage stage, int alarm, SlotEffect... effects) {
    return new Step<>(new Slot(stage, alarm), List.of(effects));
  }
}
