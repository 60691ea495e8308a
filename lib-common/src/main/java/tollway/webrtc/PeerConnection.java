// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import tollway.loop.NettyEventLoop;

/**
 * One connection to a peer, from descriptions exchanged by somebody else to open data channels.
 * Except for the two factories every method must be called on its loop.
 */
public final class PeerConnection {
  private final NettyEventLoop loop;
  private final PeerListener listener;
  private boolean closed;

  private PeerConnection(NettyEventLoop loop, PeerListener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** Begins a connection and opens {@link PeerConfig#channel} on it. Any thread. */
  public static PeerConnection offer(
      NettyEventLoop loop, PeerConfig config, PeerListener listener) {
    PeerConnection connection = new PeerConnection(loop, listener);
    loop.execute(() -> connection.fail("data channels are not joined yet"));
    return connection;
  }

  /**
   * Answers a peer's offer; an offer that cannot be read ends in {@link PeerListener#closed}. Any
   * thread.
   */
  public static PeerConnection answer(
      NettyEventLoop loop, PeerConfig config, String remoteOfferSdp, PeerListener listener) {
    PeerConnection connection = new PeerConnection(loop, listener);
    loop.execute(() -> connection.fail("data channels are not joined yet"));
    return connection;
  }

  /** The peer's answer to our offer; one that cannot be read closes the connection. */
  public void acceptAnswer(String sdp) {
    loop.checkInLoop();
  }

  /**
   * A candidate of the peer, with or without {@code a=}; one that we cannot use is ignored. An
   * empty line means that no more will come.
   */
  public void addRemoteCandidate(String line) {
    loop.checkInLoop();
  }

  /** Ends the connection and every channel on it at once, telling the peer if it still listens. */
  public void close() {
    loop.checkInLoop();
    closed = true;
  }

  private void fail(String why) {
    if (!closed) {
      closed = true;
      listener.closed(why);
    }
  }
}
