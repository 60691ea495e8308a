// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollway.pipeline.AddressBlock;

/**
 * The operator's HTTP fronts, which say in {@code X-Forwarded-For} for whom they connect: each adds
 * the address that it sees to the end. What nobody of them has added is a stranger's claim.
 */
final class Fronts {
  static final String HEADER = "X-Forwarded-For";
  static final Fronts NONE = new Fronts(List.of());

  /** More of them one behind the other is nobody's set-up. */
  private static final int MOST_HOPS = 16;

  private final List<AddressBlock> blocks;

  Fronts(List<AddressBlock> blocks) {
    this.blocks = List.copyOf(blocks);
  }

  /** Whether {@code remote} is one of them. */
  boolean has(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress known && has(known.getAddress());
  }

  /**
   * Who is behind {@code remote}: the last address in {@code forwardedFor}, the values of the
   * header in their order, that is not a front's; {@code remote} itself when it is no front, or
   * does not say.
   */
  SocketAddress client(SocketAddress remote, List<String> forwardedFor) {
    if (!has(remote)) {
      return remote;
    }
    SocketAddress nearest = remote;
    String[] hops = String.join(",", forwardedFor).split(",", -1);
    for (int i = hops.length - 1; i >= Math.max(0, hops.length - MOST_HOPS); i--) {
      InetAddress hop = address(hops[i].strip());
      if (hop == null) {
        return nearest;
      }
      nearest = new InetSocketAddress(hop, 0);
      if (!has(hop)) {
        return nearest;
      }
    }
    return nearest;
  }

  private boolean has(InetAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address.getAddress()));
  }

  /** Of a literal; never looks a name up. */
  private static @Nullable InetAddress address(String literal) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException wrongLength) {
      return null;
    }
  }
}
