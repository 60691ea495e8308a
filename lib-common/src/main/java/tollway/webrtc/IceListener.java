// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import tollway.stun.NatMapping;

/**
 * What an {@link IceAgent} tells its owner. Every call comes on the agent's loop. The owner may
 * call back into the agent from each of them, {@link IceAgent#close} included; after close none
 * comes.
 */
public interface IceListener {
  /** A candidate of ours, to be carried to the peer. At most 64; none after gathering is done. */
  void onLocalCandidate(IceCandidate candidate);

  /**
   * No more candidates of ours will come: time for {@code a=end-of-candidates}. Once. {@code nat}:
   * what the STUN servers' answers say of it.
   */
  void onGatheringDone(NatMapping nat);

  /**
   * A path to the peer was proved in both directions and {@link IceAgent#send} works. Once; which
   * path carries the datagrams may change later without notice.
   */
  void onConnected();

  /**
   * A datagram that is not STUN came from an address that proved itself (RFC 7983: first byte 20 or
   * above). It may come before {@link #onConnected}, when the peer was faster.
   *
   * <p>The buffer is <b>lent</b>: it is valid until this method returns, and the agent releases it.
   * Reading, moving its indices and writing into its readable part (decrypting in place) are
   * allowed. Who needs it longer copies it; retaining works too, but keeps up to 64 KiB alive
   * because the datagrams of one read share a buffer.
   */
  void onDatagram(ByteBuf datagram);

  /**
   * All datagrams that had arrived have been handed over by {@link #onDatagram}; the place to
   * answer them at once (a SACK for many packets) and to {@link IceAgent#flush}.
   */
  default void onReadDone() {}

  /** There is room again after {@link IceAgent#send} said false while connected. */
  default void onWritable() {}

  /**
   * There is no path, or it died and nothing replaced it. Once, and nothing follows; the owner
   * still closes the agent.
   */
  void onFailed(String why);
}
