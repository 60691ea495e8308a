// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How the NAT in front of a socket chooses its public endpoint (RFC 4787 §4.1). */
public enum NatMapping {
  /** Too few servers were asked, or none answered. */
  UNKNOWN,
  /** There is none, or it was asked to let everybody in. */
  NONE,
  /** The same whomever the socket writes to: who is told of it can be let in. */
  ENDPOINT_INDEPENDENT,
  /** Another for another destination: nobody can be told where to write to. */
  ENDPOINT_DEPENDENT;

  /** What {@code answers}, by STUN server, say of the socket at {@code local}. */
  public static NatMapping of(
      InetSocketAddress local, Map<InetSocketAddress, InetSocketAddress> answers) {
    Set<InetSocketAddress> seen = Set.copyOf(answers.values());
    if (seen.contains(local)) {
      return NONE;
    }
    if (seen.size() > 1) {
      return ENDPOINT_DEPENDENT;
    }
    Set<Object> hosts = new HashSet<>();
    answers.keySet().forEach(server -> hosts.add(server.getAddress()));
    // One host with several ports would not show a mapping that depends on the address.
    return hosts.size() > 1 ? ENDPOINT_INDEPENDENT : UNKNOWN;
  }
}
