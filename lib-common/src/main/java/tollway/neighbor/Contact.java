// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Instant;
import tollway.bytes.Bytes;
import tollway.wire.Endpoint;

/**
 * How to reach a neighbour and when we last did. {@code source} is the IP address that its last
 * hello came from: its tunnel requests must come from there.
 */
public record Contact(Endpoint control, Bytes source, Instant heard, Instant confirmed) {
  Contact heardFrom(Endpoint newControl, Bytes newSource, Instant now) {
    return new Contact(newControl, newSource, now, confirmed);
  }

  Contact heard(Instant now) {
    return new Contact(control, source, now, confirmed);
  }

  Contact confirmed(Instant now) {
    return new Contact(control, source, heard, now);
  }
}
