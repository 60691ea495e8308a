// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Instant;
import tollway.bytes.Bytes;
import tollway.wire.Endpoint;

/**
 * How to reach a neighbour and when we last did. {@code source} is the IP address that its last
 * hello came from: its tunnel requests must come from there. {@code asked}: when we last said hello
 * to it alone, which it must answer.
 */
public record Contact(
    Endpoint control, Bytes source, Instant heard, Instant confirmed, Instant asked) {
  Contact heardFrom(Endpoint newControl, Bytes newSource, Instant now) {
    return new Contact(newControl, newSource, now, confirmed, asked);
  }

  Contact heard(Instant now) {
    return new Contact(control, source, now, confirmed, asked);
  }

  Contact asked(Instant now) {
    return new Contact(control, source, heard, confirmed, now);
  }

  Contact confirmed(Instant now) {
    return new Contact(control, source, heard, now, asked);
  }
}
