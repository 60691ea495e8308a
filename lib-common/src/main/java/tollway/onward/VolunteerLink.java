// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.session.DataFrames;
import tollway.signaling.Signal;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/** The data channel to one volunteer, which one match of freddie led to. On the loop. */
final class VolunteerLink {
  /** What the link tells its owner. */
  interface Owner {
    /** For freddie. */
    void say(Signal signal);

    void open();

    /** A frame from the volunteer; its reference goes to the owner. */
    void frame(ByteBuf frame);

    /** The channel is gone or did not come to be. Not after our own {@link #end}. */
    void ended(boolean wasOpen, String why);
  }

  private final long match;
  private final NodeId volunteer;
  private final Owner owner;
  private final PeerConnection peer;
  private @Nullable DataChannel channel;
  private boolean ended;

  /** Begins to connect. */
  VolunteerLink(NettyEventLoop loop, PeerConfig config, Signal.Matched match, Owner owner) {
    this.match = match.match();
    volunteer = match.peer();
    this.owner = owner;
    peer = PeerConnection.offer(loop, config, new PeerEvents());
  }

  long match() {
    return match;
  }

  NodeId volunteer() {
    return volunteer;
  }

  boolean isOpen() {
    return channel != null;
  }

  void answer(String sdp) {
    peer.acceptAnswer(sdp);
  }

  void candidate(String line) {
    peer.addRemoteCandidate(line);
  }

  /** Sends one frame, whose reference it takes; false when it was dropped. */
  boolean send(ByteBuf frame) {
    DataChannel open = channel;
    if (open == null || !HopFrames.passesOn(frame)) {
      frame.release();
      return false;
    }
    DataFrames.cut(frame, open.datagramBytes(), open::send);
    return true;
  }

  void end() {
    ended = true;
    channel = null;
    peer.close();
  }

  private final class PeerEvents implements PeerListener, DataChannel.Listener {
    @Override
    public void localDescription(String sdp) {
      owner.say(new Signal.Description(match, Signal.Kind.OFFER, sdp));
    }

    @Override
    public void localCandidate(String line) {
      owner.say(new Signal.Candidate(match, line));
    }

    @Override
    public void open(DataChannel opened) {
      if (channel != null || ended) {
        opened.close(); // A volunteer opens no channels.
        return;
      }
      channel = opened;
      opened.listener(this);
      owner.open();
    }

    @Override
    public void onMessage(ByteBuf message) {
      if (HopFrames.passesOn(message)) {
        owner.frame(message);
      } else {
        message.release();
      }
    }

    @Override
    public void onClosed(String why) {
      closed(why);
    }

    @Override
    public void closed(String why) {
      if (!ended) {
        boolean wasOpen = isOpen();
        end();
        owner.ended(wasOpen, why);
      }
    }
  }
}
