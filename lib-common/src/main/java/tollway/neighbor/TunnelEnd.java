// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import tollway.bytes.Bytes;
import tollway.wire.Endpoint;

/** One end of a tunnel as its owner announces it: WireGuard key, and where it listens. */
public record TunnelEnd(Bytes key, Endpoint endpoint) {}
