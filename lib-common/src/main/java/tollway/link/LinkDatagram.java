// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.net.InetSocketAddress;
import tollway.bytes.Bytes;

/** What a direct neighbour sent: always from a link-local address on one of our interfaces. */
public record LinkDatagram(Bytes payload, InetSocketAddress source, LinkInterface on) {}
