// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * A local address that we send from, one per socket (RFC 8445 §5.1.1.1). Every pair has a base on
 * its local side: a reflexive candidate would be replaced by it anyway (§6.1.2.4).
 *
 * @param localPreference 0 to 65,535, different for each base (RFC 8445 §5.1.2.2)
 */
record IceBase(InetSocketAddress address, int localPreference) {
  long hostPriority() {
    return IceCandidate.Type.HOST.priority(localPreference);
  }

  /** What the peer shall think of the address that a check from here shows it. */
  long reflexivePriority() {
    return IceCandidate.Type.PEER_REFLEXIVE.priority(localPreference);
  }

  /** Whether a datagram from here can get there: same family, same reach. */
  boolean reaches(InetSocketAddress remote) {
    InetAddress here = address.getAddress();
    InetAddress there = remote.getAddress();
    return here.getClass() == there.getClass()
        && here.isLoopbackAddress() == there.isLoopbackAddress()
        && (here instanceof Inet4Address || here.isLinkLocalAddress() == there.isLinkLocalAddress())
        && !address.equals(remote);
  }

  /** A link-local address means something only with the interface that it is on: this one. */
  InetSocketAddress onLink(InetSocketAddress remote) {
    if (remote.getAddress() instanceof Inet6Address there
        && there.isLinkLocalAddress()
        && address.getAddress() instanceof Inet6Address here) {
      try {
        return new InetSocketAddress(
            Inet6Address.getByAddress(null, there.getAddress(), here.getScopeId()),
            remote.getPort());
      } catch (UnknownHostException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    return remote;
  }
}
