// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * How eagerly somebody connects again.
 *
 * @param first the pause after a sound connection, of which chance takes up to half; every failure
 *     since doubles it
 * @param longest no pause is longer
 * @param headStart when the next address is tried while the last has not answered; empty: never
 * @param sound a connection that ends sooner has failed
 */
public record RedialPace(
    Duration first, Duration longest, Optional<Duration> headStart, Duration sound) {}
