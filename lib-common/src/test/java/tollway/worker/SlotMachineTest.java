// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.worker.Slot.Stage;
import tollway.worker.SlotEffect.Act;

/** The slot of a volunteer. */
final class SlotMachineTest {
  private static final SlotEffect.Wake FOR_OFFER =
      new SlotEffect.Wake(1, SlotMachine.OFFER_DEADLINE);

  @Test
  void whoOffersAndOpensAChannelIsRelayed() {
    Step<Slot, SlotEffect> begun = SlotMachine.begin(SlotMachine.MATCHED);
    Step<Slot, SlotEffect> offered = SlotMachine.onOffer(begun.next(), "sdp");
    Step<Slot, SlotEffect> open = SlotMachine.onChannel(offered.next(), true, true);
    assertThat(begun.effects()).containsExactly(FOR_OFFER);
    assertThat(offered.effects()).containsExactly(Act.CANCEL_WAKE, new SlotEffect.Answer("sdp"));
    assertThat(open.effects()).containsExactly(Act.JOIN);
    assertThat(open.next().isRelaying()).isTrue();
  }

  @Test
  void whoDoesNotOfferInTimeIsGone() {
    Slot slot = SlotMachine.begin(SlotMachine.MATCHED).next();
    assertThat(SlotMachine.onAlarm(slot, 1).effects())
        .contains(new SlotEffect.Ended(SlotEnd.NO_OFFER, "no offer came", true));
    Slot offered = SlotMachine.onOffer(slot, "sdp").next();
    assertThat(SlotMachine.onAlarm(offered, 1)).as("late").isEqualTo(Step.stay(offered));
  }

  @Test
  void aSecondOfferAndASecondChannelAreRefused() {
    Slot slot = relaying();
    assertThat(SlotMachine.onOffer(slot, "another")).isEqualTo(Step.stay(slot));
    assertThat(SlotMachine.onChannel(slot, true, true).effects())
        .containsExactly(Act.REFUSE_CHANNEL);
  }

  @Test
  void whatTheEgressSaidLastIsStillSent() {
    Step<Slot, SlotEffect> parting = SlotMachine.onPathClosed(relaying());
    assertThat(parting.effects()).containsExactly(new SlotEffect.Wake(2, SlotMachine.LINGER));
    assertThat(SlotMachine.onAlarm(parting.next(), 2).effects())
        .containsExactly(
            Act.CANCEL_WAKE,
            Act.CLOSE_PEER,
            new SlotEffect.Ended(SlotEnd.EGRESS_CLOSED, "the egress closed the path", false));
  }

  @Test
  void eachEndHasItsCause() {
    Slot connecting = new Slot(Stage.CONNECTING, 0);
    assertThat(ended(SlotMachine.onPersonGone(connecting, "x"))).isEqualTo(SlotEnd.NO_CHANNEL);
    assertThat(ended(SlotMachine.onPersonGone(relaying(), "x"))).isEqualTo(SlotEnd.LEFT);
    assertThat(ended(SlotMachine.onChannel(connecting, true, false)))
        .isEqualTo(SlotEnd.EGRESS_AWAY);
    assertThat(ended(SlotMachine.onChannel(connecting, false, true))).isEqualTo(SlotEnd.TOO_FAR);
    assertThat(ended(SlotMachine.onEgressLost(relaying()))).isEqualTo(SlotEnd.EGRESS_AWAY);
  }

  @Test
  void anythingAtAnyTimeEndsOnceAndLeavesNothing() {
    World.play(3000, 24, Owner::new);
  }

  private static Slot relaying() {
    return new Slot(Stage.RELAYING, 0);
  }

  private static SlotEnd ended(Step<Slot, SlotEffect> step) {
    List<SlotEffect> effects = step.effects();
    return ((SlotEffect.Ended) effects.get(effects.size() - 1)).cause();
  }

  /** A widget, as far as the slot sees it. */
  private static final class Owner extends World<Slot, SlotEffect> {
    private int alarm;
    private int peers;
    private boolean peerOpen;
    private int paths;
    private boolean pathOpen;

    Owner() {
      super(SlotMachine.MATCHED);
    }

    @Override
    void carryOut(SlotEffect effect) {
      if (effect instanceof SlotEffect.Wake wake) {
        rule(alarm == 0, "two alarms");
        alarm = wake.number();
      } else if (effect instanceof SlotEffect.Answer) {
        peers++;
        peerOpen = true;
        rule(peers == 1, "two peers");
      } else if (effect instanceof SlotEffect.Ended) {
        rule(alarm == 0 && !peerOpen && !pathOpen, "something is left");
        itIsOver();
      } else if (effect instanceof Act act) {
        act(act);
      }
    }

    private void act(Act act) {
      switch (act) {
        case CANCEL_WAKE -> alarm = 0;
        case JOIN -> {
          paths++;
          pathOpen = true;
          rule(paths == 1 && peerOpen, "a path too many");
        }
        case REFUSE_CHANNEL -> rule(peerOpen, "a channel without a peer");
        case CLOSE_PATH -> {
          rule(pathOpen, "a path closed twice");
          pathOpen = false;
        }
        case CLOSE_PEER -> {
          rule(peerOpen, "a peer closed twice");
          peerOpen = false;
        }
      }
    }

    @Override
    void happen(Random chance) {
      switch (chance.nextInt(10)) {
        case 0, 1 -> event("begin", SlotMachine::begin);
        case 2, 3 -> event("offer", was -> SlotMachine.onOffer(was, "sdp"));
        case 4, 5 -> {
          boolean up = chance.nextInt(4) > 0;
          boolean admitted = chance.nextInt(4) > 0;
          event(
              "channel, egress up: " + up + ", admitted: " + admitted,
              was -> SlotMachine.onChannel(was, admitted, up));
        }
        case 6 -> {
          pathOpen = false;
          event("path closed", SlotMachine::onPathClosed);
        }
        case 7 -> {
          int number = chance.nextInt(4);
          event("alarm " + number, was -> SlotMachine.onAlarm(was, number));
        }
        case 8 -> {
          if (chance.nextBoolean()) {
            event("person gone", was -> SlotMachine.onPersonGone(was, "gone"));
          } else {
            pathOpen = false;
            event("egress lost", SlotMachine::onEgressLost);
          }
        }
        default -> {
          if (chance.nextInt(4) == 0) {
            end();
          }
        }
      }
    }

    @Override
    void rules() {
      Stage stage = worker.state().stage();
      rule(stage != Stage.PARTING || alarm != 0, "a wait without end");
      rule(peerOpen == (stage != Stage.MATCHED && stage != Stage.ENDED), "peer and stage differ");
      rule(worker.state().alarm() == alarm, "the alarm is not what the slot thinks");
    }

    @Override
    void end() {
      event("end", was -> SlotMachine.end(was, SlotEnd.LEAVING, "leaving"));
    }
  }
}
