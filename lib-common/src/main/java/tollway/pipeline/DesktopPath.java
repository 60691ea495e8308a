// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.session.DataFrames;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.stun.NatMapping;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;
import tollway.worker.PathEffect;
import tollway.worker.PathMachine;
import tollway.worker.PathStage;
import tollway.worker.Worker;

/**
 * One volunteer of a desktop: the data channel to them as a path of the session. What becomes of it
 * is decided by {@link PathMachine}. On the loop.
 */
final class DesktopPath implements PathLink {
  /** What the path asks of its owner. */
  interface Owner {
    void sendOffer(String sdp);

    void sendCandidate(String line);

    /** What was found of the NAT before us. */
    void nat(NatMapping found);

    /** Something between the volunteer and us alone; the frame stays the caller's. */
    void aside(ByteBuf frame);

    /** The channel is open: add the path to the session. */
    PathHandle open(DesktopPath path);

    /** Once, last. {@code failed}: it never carried anything. */
    void ended(DesktopPath path, String why, boolean failed);
  }

  private final NodeId widget;
  private final String label;
  private final Owner owner;
  private final Worker<PathStage, PathEffect> worker =
      new Worker<>(PathStage.CONNECTING, this::carryOut);
  private @Nullable PeerConnection peer;
  private @Nullable DataChannel opened;
  private @Nullable DataChannel channel;
  private @Nullable PathHandle handle;
  private boolean cutRefused;
  private long bytes;
  private long bytesBefore;

  DesktopPath(NodeId widget, String label, Owner owner) {
    this.widget = widget;
    this.label = label;
    this.owner = owner;
  }

  void connect(NettyEventLoop loop, PeerConfig config) {
    peer = PeerConnection.offer(loop, config, new PeerEvents());
  }

  NodeId widget() {
    return widget;
  }

  /** What the session calls the path. */
  String label() {
    return label;
  }

  /** The egress has accepted the path. */
  void attached() {
    worker.on(PathMachine::onAccepted);
  }

  boolean isAttached() {
    return worker.state() == PathStage.ATTACHED;
  }

  private boolean isOver() {
    return worker.state() == PathStage.ENDED;
  }

  void answer(String sdp) {
    if (peer != null) {
      peer.acceptAnswer(sdp);
    }
  }

  void candidate(String line) {
    if (peer != null) {
      peer.addRemoteCandidate(line);
    }
  }

  PeerSnapshot snapshot() {
    boolean active = bytes - bytesBefore > PathSizes.KEEPALIVE;
    bytesBefore = bytes;
    return new PeerSnapshot(widget, active, bytes);
  }

  /** Ends the connection with the volunteer. */
  void end(String why) {
    worker.on(was -> PathMachine.end(was, why));
  }

  private void carryOut(PathEffect effect) {
    if (effect instanceof PathEffect.TellSession tell) {
      Objects.requireNonNull(handle).closed(tell.why());
    } else if (effect instanceof PathEffect.Ended end) {
      owner.ended(this, end.why(), end.failed());
    } else if (effect == PathEffect.Act.JOIN) {
      DataChannel joined = Objects.requireNonNull(opened);
      channel = joined;
      joined.listener(new ChannelEvents());
      handle = owner.open(this);
    } else if (effect == PathEffect.Act.REFUSE_CHANNEL) {
      Objects.requireNonNull(opened).close();
    } else if (effect == PathEffect.Act.CLOSE_PEER && peer != null) {
      peer.close();
    }
  }

  @Override
  public boolean send(ByteBuf frame) {
    DataChannel open = channel;
    if (open == null || isOver()) {
      frame.release();
      return false;
    }
    bytes += frame.readableBytes();
    cutRefused = false;
    DataFrames.cut(frame, open.datagramBytes(), piece -> cutRefused |= !open.send(piece));
    return !cutRefused;
  }

  @Override
  public int datagramBytes() {
    DataChannel open = channel;
    return open == null ? 0 : open.datagramBytes();
  }

  @Override
  public int maxFrameBytes() {
    DataChannel open = channel;
    return open == null ? 0 : Math.min(PathSocket.FRAME_LIMIT, open.maxMessageBytes());
  }

  @Override
  public void close() {
    end("the session closed the path");
  }

  @Override
  public void giveUp(String why) {
    worker.on(was -> PathMachine.giveUp(was, why));
  }

  private final class PeerEvents implements PeerListener {
    @Override
    public void localDescription(String sdp) {
      owner.sendOffer(sdp);
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
      worker.on(PathMachine::onChannel);
    }

    @Override
    public void closed(String why) {
      end(why);
    }
  }

  private final class ChannelEvents implements DataChannel.Listener {
    @Override
    public void onMessage(ByteBuf message) {
      PathHandle session = handle;
      if (session == null || isOver()) {
        message.release();
      } else if (StripeFrameCodec.isAside(message)) {
        owner.aside(message);
        message.release();
      } else {
        bytes += message.readableBytes();
        session.frame(message);
      }
    }

    @Override
    public void onClosed(String why) {
      end(why);
    }
  }
}
