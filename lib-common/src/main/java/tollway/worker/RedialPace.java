// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * How eagerly somebody connects again.
 *
 * @param first the pause after the first failure; doubles with each
 * @param longest no pause is longer
 * @param headStart when the next address is tried while the last has not answered; empty: never
 * @param sound a connection that ends sooner has failed
 */
public record RedialPace(
    Duration first, Duration longest, Optional<Duration> headStart, Duration sound) {}
