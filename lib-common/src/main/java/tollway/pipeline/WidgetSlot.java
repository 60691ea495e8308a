// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.onward.HopLimit;
import tollway.onward.Onward;
import tollway.session.DataFrames;
import tollway.shaping.FairShare;
import tollway.shaping.Rate;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/**
 * One person whom a volunteer helps: a data channel on one side, a path of what leads onwards on
 * the other, mostly the egress's WebSocket, and frames between the two that the volunteer cannot
 * read. On the widget's loop.
 *
 * <pre>
 * MATCHED ──offer──▶ CONNECTING ──channel open──▶ RELAYING
 *    └────────────────────┴──── anything ends ────────┴──▶ ENDED
 * </pre>
 */
final class WidgetSlot {
  /** What the slot asks of its owner. */
  interface Owner {
    void sendAnswer(String sdp);

    void sendCandidate(String line);

    void relaying();

    /** So many bytes of the person were passed on. */
    void passedOn(int bytes);

    /** Once, last. {@code failed}: the two never connected. */
    void ended(SlotEnd cause, String why, boolean failed);
  }

  /** Whoever was matched and does not offer by then is gone. */
  private static final Duration OFFER_DEADLINE = Duration.ofSeconds(20);

  private static final Duration LINGER = Duration.ofMillis(150);
  private static final int NO_PATH = -1;

  /** Frames other than data are short; one that tells that a path lives must not wait. */
  private static final int SHORT = 256;

  private static final int DATA = 0x01;

  private final NettyEventLoop loop;
  private final NodeId consumer;
  private final NodeId egressId;
  private final Onward egress;
  private final Owner owner;
  private final Timer deadline;
  private @Nullable PeerConnection peer;
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
  private boolean relayed;
  private boolean ended;

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
    deadline = loop.schedule(OFFER_DEADLINE, () -> end(SlotEnd.NO_OFFER, "no offer came"));
  }

  /** What this person may pass on in each direction from now on. */
  void limit(Optional<Rate> rate) {
    toEgress.limit(rate);
    toConsumer.limit(rate);
  }

  void offer(String sdp, PeerConfig config) {
    loop.checkInLoop();
    if (peer == null && !ended) {
      deadline.cancel();
      peer = PeerConnection.answer(loop, config, sdp, new PeerEvents());
    }
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
    return relayed && !ended;
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
        !relayed
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
    if (ended) {
      return;
    }
    ended = true;
    deadline.cancel();
    toEgress.remove();
    toConsumer.remove();
    if (path != NO_PATH) {
      egress.closePath(path);
    }
    if (peer != null) {
      peer.close();
    }
    owner.ended(cause, why, !relayed);
  }

  /** Passes {@code frame} on, now or when its turn comes; what is too much is dropped. */
  private void offer(FairShare<ByteBuf>.Flow flow, ByteBuf frame) {
    int size = frame.readableBytes();
    boolean urgent =
        size > 0 && size <= SHORT && frame.getUnsignedByte(frame.readerIndex()) != DATA;
    if (!flow.offer(frame, size, urgent)) {
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
    public void open(DataChannel opened) {
      if (channel != null || ended) {
        opened.close(); // One channel is all a person needs.
      } else if (!HopLimit.admits(opened.options(), egress.distance())) {
        end(SlotEnd.TOO_FAR, "the person accepts fewer volunteers than this takes");
      } else if (!egress.isUp()) {
        end(SlotEnd.EGRESS_AWAY, "the egress is not connected");
      } else {
        channel = opened;
        opened.listener(new FromConsumer());
        path = egress.open(new FromEgress());
        relayed = true;
        owner.relaying();
      }
    }

    @Override
    public void closed(String why) {
      end(relayed ? SlotEnd.LEFT : SlotEnd.NO_CHANNEL, why);
    }
  }

  private final class FromConsumer implements DataChannel.Listener {
    @Override
    public void onMessage(ByteBuf message) {
      offer(toEgress, message);
    }

    @Override
    public void onClosed(String why) {
      end(SlotEnd.LEFT, why);
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
      // What the egress said last may tell why, and is still in the channel's queue.
      loop.schedule(LINGER, () -> end(SlotEnd.EGRESS_CLOSED, "the egress closed the path"));
    }

    @Override
    public void lost() {
      path = NO_PATH;
      end(SlotEnd.EGRESS_AWAY, "the egress is no longer connected");
    }
  }
}
