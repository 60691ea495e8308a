// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;

/**
 * One UDP datagram: where it goes to, or, on its way back, came from. The payload is a view of the
 * buffer it was read from, and lives as long as that.
 */
record Datagram(Destination peer, ByteBuf payload) {}
