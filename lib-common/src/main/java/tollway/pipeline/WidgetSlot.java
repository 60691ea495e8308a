// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.onward.HopLimit;
import tollway.onward.Onward;
import tollway.session.DataFrames;
import tollway.shaping.FairShare;
import tollway.shaping.Rate;
import tollway.stun.NatMapping;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;
import tollway.worker.Alarm;
import tollway.worker.Slot;
import tollway.worker.SlotEffect;
import tollway.worker.SlotEnd;
import tollway.worker.SlotMachine;
import tollway.worker.Worker;

/**
 * One person whom a volunteer helps: a data channel on one side, a path of what leads onwards on
 * the other, mostly the egress's WebSocket, and frames between the two that the volunteer cannot
 * read. What becomes of the two is decided by {@link SlotMachine}. On the widget's loop.
 */
final class WidgetSlot {
  /** What the slot asks of its owner. */
  interface Owner {
    /** How the data channel is made. */
    PeerConfig peerConfig();

    void sendAnswer(String sdp);

    void sendCandidate(String line);

    /** What was found of the NAT before us. */
    void nat(NatMapping found);

    void relaying();

    /** So many bytes of the person were passed on. */
    void passedOn(int bytes);

    /** Once, last. {@code failed}: the two never connected. */
    void ended(SlotEnd cause, String why, boolean failed);
  }

  private static final int NO_PATH = -1;

  private final NettyEventLoop loop;
  private final NodeId consumer;
  private final NodeId egressId;
  private final Onward egress;
  private final Owner owner;
  private final Worker<Slot, SlotEffect> worker;
  private final Alarm alarm;
  private @Nullable PeerConnection peer;
  private @Nullable DataChannel opened;
  private @Nullable DataChannel channel;
  private int path = NO_PATH;
  private final FairShare<ByteBuf>.Flow toEgress;
  private final FairShare<ByteBuf>.Flow toConsumer;
  private final long since;
  private long up;
  private long down;
  private long dropped;
  private long bytesBefore;
  private @Nullable Long lastActive;
  private boolean active;

  WidgetSlot(
      NettyEventLoop loop,
      NodeId consumer,
      NodeId egressId,
      Onward egress,
      WidgetShares shares,
      Owner owner) {
    this.loop = loop;
    this.consumer = consumer;
    this.egressId = egressId;
    this.egress = egress;
    this.owner = owner;
    since = loop.nanoTime();
    toEgress = shares.up().add(1, shares.ratePerPerson(), new ToEgress());
    toConsumer = shares.down().add(1, shares.ratePerPerson(), new ToConsumer());
    worker = new Worker<>(SlotMachine.MATCHED, this::carryOut);
    alarm = new Alarm(loop, number -> worker.on(was -> SlotMachine.onAlarm(was, number)));
    worker.on(SlotMachine::begin);
  }

  /** What this person may pass on in each direction from now on. */
  void limit(Optional<Rate> rate) {
    toEgress.limit(rate);
    toConsumer.limit(rate);
  }

  void offer(String sdp) {
    loop.checkInLoop();
    worker.on(was -> SlotMachine.onOffer(was, sdp));
  }

  void candidate(String line) {
    loop.checkInLoop();
    if (peer != null) {
      peer.addRemoteCandidate(line);
    }
  }

  NodeId egress() {
    return egressId;
  }

  boolean isRelaying() {
    return worker.state().isRelaying();
  }

  /** Active when more came than paths exchange to know that they live. Once a second. */
  void tick() {
    active = up + down - bytesBefore > PathSizes.KEEPALIVE;
    bytesBefore = up + down;
    if (active) {
      lastActive = loop.nanoTime();
    }
  }

  /** The next volunteer, when there is one. */
  Optional<PeerSnapshot> onward() {
    return egress.volunteer().map(next -> new PeerSnapshot(next, active, up + down));
  }

  PeerSnapshot snapshot() {
    return new PeerSnapshot(consumer, active, up + down);
  }

  WidgetStatus.Slot status() {
    long now = loop.nanoTime();
    WidgetStatus.State state =
        !isRelaying()
            ? WidgetStatus.State.CONNECTING
            : active ? WidgetStatus.State.ACTIVE : WidgetStatus.State.IDLE;
    return new WidgetStatus.Slot(
        consumer,
        egressId,
        state,
        up,
        down,
        dropped,
        Duration.ofNanos(now - since),
        Optional.ofNullable(lastActive).map(then -> Duration.ofNanos(now - then)),
        egress.distance(),
        egress.volunteer());
  }

  /** Ends the connection with the person and the path to the egress. */
  void end(SlotEnd cause, String why) {
    loop.checkInLoop();
    worker.on(was -> SlotMachine.end(was, cause, why));
  }

  private void carryOut(SlotEffect effect) {
    if (effect instanceof SlotEffect.Wake wake) {
      alarm.set(wake.number(), wake.after());
    } else if (effect instanceof SlotEffect.Answer answer) {
      peer = PeerConnection.answer(loop, owner.peerConfig(), answer.offer(), new PeerEvents());
    } else if (effect instanceof SlotEffect.Ended end) {
      toEgress.remove();
      toConsumer.remove();
      owner.ended(end.cause(), end.why(), end.failed());
    } else if (effect instanceof SlotEffect.Act act) {
      act(act);
    }
  }

  private void act(SlotEffect.Act act) {
    switch (act) {
      case CANCEL_WAKE -> alarm.cancel();
      case JOIN -> {
        DataChannel joined = Objects.requireNonNull(opened);
        channel = joined;
        joined.listener(new FromConsumer());
        path = egress.open(new FromEgress());
        owner.relaying();
      }
      case REFUSE_CHANNEL -> Objects.requireNonNull(opened).close();
      case CLOSE_PATH -> egress.closePath(path);
      case CLOSE_PEER -> Objects.requireNonNull(peer).close();
    }
  }

  /** Passes {@code frame} on, now or when its turn comes; what is too much is dropped. */
  private void offer(FairShare<ByteBuf>.Flow flow, ByteBuf frame) {
    int size = frame.readableBytes();
    if (!flow.offer(frame, size, PathSizes.isUrgent(frame))) {
      dropped++;
      frame.release();
    }
  }

  private final class ToEgress implements FairShare.Sink<ByteBuf> {
    @Override
    public void send(ByteBuf frame) {
      int size = frame.readableBytes();
      up += size;
      egress.send(path, frame);
      owner.passedOn(size);
    }

    @Override
    public void drop(ByteBuf frame) {
      frame.release();
    }
  }

  private final class ToConsumer implements FairShare.Sink<ByteBuf> {
    @Override
    public void send(ByteBuf frame) {
      DataChannel open = channel;
      if (open == null) {
        frame.release();
      } else {
        int size = frame.readableBytes();
        down += size;
        DataFrames.cut(frame, open.datagramBytes(), open::send);
        owner.passedOn(size);
      }
    }

    @Override
    public void drop(ByteBuf frame) {
      frame.release();
    }
  }

  private final class PeerEvents implements PeerListener {
    @Override
    public void localDescription(String sdp) {
      owner.sendAnswer(sdp);
    }

    @Override
    public void localCandidate(String line) {
      owner.sendCandidate(line);
    }

    @Override
    public void nat(NatMapping mapping) {
      owner.nat(mapping);
    }

    @Override
    public void open(DataChannel fresh) {
      opened = fresh;
      boolean admitted = HopLimit.admits(fresh.options(), egress.distance());
      worker.on(was -> SlotMachine.onChannel(was, admitted, egress.isUp()));
    }

    @Override
    public void closed(String why) {
      worker.on(was -> SlotMachine.onPersonGone(was, why));
    }
  }

  private final class FromConsumer implements DataChannel.Listener {
    @Override
    public void onMessage(ByteBuf message) {
      offer(toEgress, message);
    }

    @Override
    public void onClosed(String why) {
      worker.on(was -> SlotMachine.onPersonGone(was, why));
    }
  }

  private final class FromEgress implements Onward.PathListener {
    @Override
    public void frame(ByteBuf frame) {
      offer(toConsumer, frame);
    }

    @Override
    public void closed() {
      path = NO_PATH;
      worker.on(SlotMachine::onPathClosed);
    }

    @Override
    public void lost() {
      path = NO_PATH;
      worker.on(SlotMachine::onEgressLost);
    }
  }
}
