// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
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

  /**
   * What {@code all} answers, by STUN server, say of the socket at {@code local}; those that are
   * {@link #odd} say nothing.
   */
  public static NatMapping of(
      InetSocketAddress local, Map<InetSocketAddress, InetSocketAddress> all) {
    Map<InetSocketAddress, InetSocketAddress> answers = new HashMap<>(all);
    answers.keySet().removeAll(odd(all));
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

  /**
   * The servers of {@code answers} that tell something else than most do, when there are three
   * hosts or more: no NAT shows one of them alone another address, but a liar would.
   */
  public static Set<InetSocketAddress> odd(Map<InetSocketAddress, InetSocketAddress> answers) {
    Set<InetAddress> hosts = new HashSet<>();
    Map<InetSocketAddress, Set<InetAddress>> votes = new HashMap<>();
    answers.forEach(
        (server, told) -> {
          hosts.add(server.getAddress());
          votes.computeIfAbsent(told, fresh -> new HashSet<>()).add(server.getAddress());
        });
    Set<InetSocketAddress> odd = new HashSet<>();
    votes.entrySet().stream()
        .filter(each -> hosts.size() > 2 && each.getValue().size() * 2 > hosts.size())
        .findAny()
        .ifPresent(
            most ->
                answers.forEach(
                    (server, told) -> {
                      if (!told.equals(most.getKey())) {
                        odd.add(server);
                      }
                    }));
    return odd;
  }
}
