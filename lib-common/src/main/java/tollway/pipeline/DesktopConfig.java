// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.util.Optional;
import tollway.reach.ReachConfig;
import tollway.shaping.Rate;
import tollway.signaling.Endpoint;

/**
 * What a desktop was told.
 *
 * @param invite the egress that is pinned, and where volunteers are met
 * @param listen where programs of this host find the proxy; empty when there is none
 * @param user who may use the proxy; empty when everybody may who can connect
 * @param paths volunteers at once: one carries, the others stand by
 * @param hops at least so many volunteers lie on each path, one behind the other
 * @param bond whether all of them carry at once instead
 * @param rateUp what all paths together may send; empty for no limit
 * @param rateDown what they may receive
 * @param reach how it gets to freddies
 * @param direct when the desktop goes to the egress itself
 * @param ports where its data channels are
 * @param includeLoopback whether loopback addresses are candidates, for one host
 * @param stun which STUN servers are asked
 */
public record DesktopConfig(
    Invite invite,
    Optional<InetSocketAddress> listen,
    Optional<ProxyUser> user,
    int paths,
    int hops,
    boolean bond,
    Optional<Rate> rateUp,
    Optional<Rate> rateDown,
    ReachConfig reach,
    DirectUse direct,
    UdpPorts ports,
    boolean includeLoopback,
    StunChoice stun) {
  public static final int MOST_PATHS = 8;
  public static final int MOST_HOPS = Endpoint.MAX_DISTANCE + 1;

  public DesktopConfig {
    if (paths < 1 || paths > MOST_PATHS) {
      throw new IllegalArgumentException("paths are 1 to " + MOST_PATHS);
    }
    if (hops < 1 || hops > MOST_HOPS) {
      throw new IllegalArgumentException("hops are 1 to " + MOST_HOPS);
    }
  }

  /** One path, and no proxy: only to see whether it works. */
  public static DesktopConfig toLook(
      Invite invite, ReachConfig reach, DirectUse direct, boolean includeLoopback) {
    return new DesktopConfig(
        invite,
        Optional.empty(),
        Optional.empty(),
        1,
        1,
        false,
        Optional.empty(),
        Optional.empty(),
        reach,
        direct,
        UdpPorts.ANY,
        includeLoopback,
        StunChoice.USUAL);
  }
}
