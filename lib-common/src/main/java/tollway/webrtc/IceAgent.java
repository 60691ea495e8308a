// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import tollway.loop.NettyEventLoop;

/**
 * Finds and keeps a path to one peer (ICE: RFC 8445, trickle RFC 8838, consent RFC 7675) and
 * carries datagrams over it. Not thread-safe: <b>every method must be called on its loop</b>, and
 * the listener is called there.
 *
 * <p>Order: {@link #open}, give {@link #localCredentials} to the peer, {@link #gather}; whenever
 * they become known, {@link #remoteCredentials} and {@link #addRemoteCandidate} in any order and
 * any number; finally {@link #close}, also after a failure.
 */
public final class IceAgent {
  private final NettyEventLoop loop;
  private final IceCredentials local = IceCredentials.random(new SecureRandom());

  private IceAgent(NettyEventLoop loop) {
    this.loop = loop;
  }

  /**
   * An agent that does nothing yet. The side that makes the offer is {@link IceRole#CONTROLLING}.
   */
  public static IceAgent open(
      NettyEventLoop loop, IceConfig config, IceRole role, IceListener listener) {
    loop.checkInLoop();
    return new IceAgent(loop);
  }

  /** What the peer needs in our description; fixed for the agent's life. */
  public IceCredentials localCredentials() {
    return local;
  }

  /** Opens the sockets and looks for our addresses; candidates come by the listener. Once. */
  public void gather() {
    loop.checkInLoop();
  }

  /**
   * The peer's credentials, from its description: checks may start. Once; later calls are ignored.
   */
  public void remoteCredentials(IceCredentials remote) {
    loop.checkInLoop();
  }

  /** The peer said {@code a=ice-lite}: it only answers, so we control (RFC 8445 §6.1.1). */
  public void remoteIsLite() {
    loop.checkInLoop();
  }

  /** A candidate of the peer; one that the config forbids or that is one too many is ignored. */
  public void addRemoteCandidate(IceCandidate candidate) {
    loop.checkInLoop();
  }

  /** The peer will name no more candidates (RFC 8838 §14). */
  public void remoteCandidatesDone() {
    loop.checkInLoop();
  }

  /** Whether {@link IceListener#onConnected} has come and neither failure nor close since. */
  public boolean isConnected() {
    return false;
  }

  /** False while the socket's queue is full; then {@link IceListener#onWritable} follows. */
  public boolean isWritable() {
    return false;
  }

  /**
   * Queues one datagram for the path in use. The agent <b>owns</b> the buffer from here on,
   * whatever happens, and does not change its bytes; a direct buffer saves a copy. The first byte
   * must be 20 or above (RFC 7983).
   *
   * <p>It leaves at {@link #flush}, or by itself when the loop has finished what it is doing now;
   * datagrams of equal size sent in a row leave in one system call.
   *
   * @return false: dropped, because there is no path now or the socket's queue is full
   */
  public boolean send(ByteBuf datagram) {
    loop.checkInLoop();
    datagram.release();
    return false;
  }

  /** Hands what {@link #send} queued to the network now. */
  public void flush() {
    loop.checkInLoop();
  }

  /** Closes the sockets and cancels every timer; nothing is called back afterwards. Idempotent. */
  public void close() {
    loop.checkInLoop();
  }
}
