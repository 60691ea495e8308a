// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/**
 * One person whom a volunteer helps: a data channel on one side, a path of the egress's WebSocket
 * on the other, and frames between the two that the volunteer cannot read. On the widget's loop.
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

    /** Once, last. {@code failed}: the two never connected. */
    void ended(String why, boolean failed);
  }

  /** Whoever was matched and does not offer by then is gone. */
  private static final Duration OFFER_DEADLINE = Duration.ofSeconds(20);

  private static final Duration LINGER = Duration.ofMillis(150);
  private static final int NO_PATH = -1;

  private final NettyEventLoop loop;
  private final NodeId consumer;
  private final NodeId egressId;
  private final EgressSocket egress;
  private final Owner owner;
  private final Timer deadline;
  private @Nullable PeerConnection peer;
  private @Nullable DataChannel channel;
  private int path = NO_PATH;
  private long bytes;
  private long bytesBefore;
  private boolean relayed;
  private boolean ended;

  WidgetSlot(
      NettyEventLoop loop, NodeId consumer, NodeId egressId, EgressSocket egress, Owner owner) {
    this.loop = loop;
    this.consumer = consumer;
    this.egressId = egressId;
    this.egress = egress;
    this.owner = owner;
    deadline = loop.schedule(OFFER_DEADLINE, () -> end("no offer came"));
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

  /** Active when more came than paths exchange to know that they live, since the last call. */
  PeerSnapshot snapshot() {
    boolean active = bytes - bytesBefore > PathSizes.KEEPALIVE;
    bytesBefore = bytes;
    return new PeerSnapshot(consumer, active, bytes);
  }

  /** Ends the connection with the person and the path to the egress. */
  void end(String why) {
    loop.checkInLoop();
    if (ended) {
      return;
    }
    ended = true;
    deadline.cancel();
    if (path != NO_PATH) {
      egress.closePath(path);
    }
    if (peer != null) {
      peer.close();
    }
    owner.ended(why, !relayed);
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
      } else if (!egress.isUp()) {
        end("the egress is not connected");
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
      end(why);
    }
  }

  private final class FromConsumer implements DataChannel.Listener {
    @Override
    public void onMessage(ByteBuf message) {
      bytes += message.readableBytes();
      egress.send(path, message);
    }

    @Override
    public void onClosed(String why) {
      end(why);
    }
  }

  private final class FromEgress implements EgressSocket.PathListener {
    @Override
    public void frame(ByteBuf frame) {
      bytes += frame.readableBytes();
      DataChannel open = channel;
      if (open == null) {
        frame.release();
      } else {
        open.send(frame);
      }
    }

    @Override
    public void closed() {
      path = NO_PATH;
      // What the egress said last may tell why, and is still in the channel's queue.
      loop.schedule(LINGER, () -> end("the egress closed the path"));
    }

    @Override
    public void lost() {
      path = NO_PATH;
      end("the egress is no longer connected");
    }
  }
}
