// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which STUN servers a desktop or a widget asks, besides those of freddie and the invite.
 *
 * @param named {@code HOST:PORT} each, by whoever runs it; then nobody else's are asked
 * @param nobody no server is asked at all
 * @param cache the file of those that answered some other day
 */
public record StunChoice(List<String> named, boolean nobody, Optional<Path> cache) {
  public static final int MOST_NAMED = 8;

  /** Nobody has chosen, and nothing is kept. */
  public static final StunChoice USUAL = new StunChoice(List.of(), false, Optional.empty());

  public StunChoice {
    named = List.copyOf(named);
    if (named.size() > MOST_NAMED || !named.stream().allMatch(Invite::isStunServer)) {
      throw new IllegalArgumentException("at most eight STUN servers as HOST:PORT");
    }
  }
}
