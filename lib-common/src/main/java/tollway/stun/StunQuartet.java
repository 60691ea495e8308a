// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The four sockets of a server with two addresses (RFC 5780 §6): both ports on both addresses. The
 * corners are in the order primary, other port, other address, both other; so the corner across is
 * one exclusive-or away.
 *
 * @param told how clients reach each corner
 */
record StunQuartet(List<Channel> channels, List<InetSocketAddress> told) {
  private static final int OTHER_PORT = 1;
  private static final int OTHER_ADDRESS = 2;
  private static final int BOTH_OTHER = OTHER_ADDRESS | OTHER_PORT;

  /** RFC 5780 §6.1, table 1. */
  record Reply(Channel from, StunMessage message) {}

  StunQuartet {
    channels = List.copyOf(channels);
    told = List.copyOf(told);
    if (channels.size() != 4 || told.size() != 4) {
      throw new IllegalArgumentException("four sockets, and how each is reached");
    }
  }

  /** The answer to a request that came in at {@code at}; empty when that is none of the four. */
  Optional<Reply> reply(Channel at, StunMessage request, InetSocketAddress sender) {
    int corner = channels.indexOf(at);
    if (corner < 0) {
      return Optional.empty();
    }
    int origin =
        request
            .first(StunAttribute.ChangeRequest.class)
            .map(
                change ->
                    corner
                        ^ (change.address() ? OTHER_ADDRESS : 0)
                        ^ (change.port() ? OTHER_PORT : 0))
            .orElse(corner);
    return Optional.of(
        new Reply(
            channels.get(origin),
            request.success(
                // RFC 5780 §6.1 demands both.
                new StunAttribute.MappedAddress(sender),
                new StunAttribute.XorMappedAddress(sender),
                new StunAttribute.ResponseOrigin(told.get(origin)),
                new StunAttribute.OtherAddress(told.get(corner ^ BOTH_OTHER)))));
  }
}
