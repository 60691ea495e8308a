// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.session.DataFrames;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/** One volunteer of a desktop: the data channel to them as a path of the session. On the loop. */
final class DesktopPath implements PathLink {
  /** What the path asks of its owner. */
  interface Owner {
    void sendOffer(String sdp);

    void sendCandidate(String line);

    /** The channel is open: add the path to the session. */
    PathHandle open(DesktopPath path);

    /** Once, last. {@code failed}: it never carried anything. */
    void ended(DesktopPath path, String why, boolean failed);
  }

  private final NodeId widget;
  private final String label;
  private final Owner owner;
  private @Nullable PeerConnection peer;
  private @Nullable DataChannel channel;
  private @Nullable PathHandle handle;
  private boolean attached;
  private boolean ended;
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
    attached = true;
  }

  boolean isAttached() {
    return attached && !ended;
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
    if (ended) {
      return;
    }
    ended = true;
    if (peer != null) {
      peer.close();
    }
    PathHandle told = handle;
    if (told != null) {
      told.closed(why);
    }
    owner.ended(this, why, !attached);
  }

  @Override
  public boolean send(ByteBuf frame) {
    DataChannel open = channel;
    if (open == null || ended) {
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
    public void open(DataChannel opened) {
      if (channel != null || ended) {
        opened.close(); // A volunteer opens no channels.
        return;
      }
      channel = opened;
      opened.listener(new ChannelEvents());
      handle = owner.open(DesktopPath.this);
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
      if (session == null || ended) {
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
