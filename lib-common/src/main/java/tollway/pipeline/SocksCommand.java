// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetAddress;

/** What a SOCKS5 client asks for (RFC 1928 §4). */
sealed interface SocksCommand {
  record Connect(Destination destination) implements SocksCommand {}

  /** {@code from} and {@code port}: where it will send datagrams from, all zero if unknown yet. */
  record Associate(InetAddress from, int port) implements SocksCommand {}

  /** We do not do that, and say so. */
  record Refused(SocksStatus why) implements SocksCommand {}
}
