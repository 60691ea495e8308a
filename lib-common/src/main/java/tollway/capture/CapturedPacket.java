// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.time.Instant;
import java.util.Optional;
import tollway.bytes.Bytes;

/**
 * One packet of a recording. {@code number} counts from 1, {@code on} names the interface or is
 * empty, and {@code missing} bytes at the end were not recorded.
 */
public record CapturedPacket(
    int number, Optional<Instant> time, String on, LinkLayer layer, Bytes bytes, long missing) {}
