// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * STUN servers that are asked together, this once, and who wants to know what came of it.
 *
 * @param servers names may be unresolved
 */
public record StunCohort(List<InetSocketAddress> servers, Report report) {
  /** What came of the questions; on the loop of who asks. */
  public interface Report {
    /** {@code server} told an address; it answered as {@code at}, so long after it was asked. */
    void answered(InetSocketAddress server, InetSocketAddress at, Duration after);

    /** Nothing came of {@code server} in time: silence, a refusal, garbage, or a false address. */
    void useless(InetSocketAddress server);
  }

  private static final Report NOBODY =
      new Report() {
        @Override
        public void answered(InetSocketAddress server, InetSocketAddress at, Duration after) {
          // Nobody wants to know.
        }

        @Override
        public void useless(InetSocketAddress server) {
          // Nobody wants to know.
        }
      };

  public StunCohort {
    servers = List.copyOf(servers);
  }

  public static StunCohort of(List<InetSocketAddress> servers) {
    return new StunCohort(servers, NOBODY);
  }
}
