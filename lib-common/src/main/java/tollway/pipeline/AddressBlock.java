// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.util.NetUtil;
import java.util.List;
import tollway.bytes.Bytes;

/** Addresses with a common beginning, such as {@code 10.0.0.0/8}. */
record AddressBlock(Bytes network, int prefixBits) {
  /** From constants in the code: {@code ADDRESS/BITS}. */
  static AddressBlock of(String text) {
    int slash = text.indexOf('/');
    byte[] network = NetUtil.createByteArrayFromIpAddressString(text.substring(0, slash));
    if (network == null) {
      throw new IllegalArgumentException("not a block of addresses: " + text);
    }
    return new AddressBlock(Bytes.of(network), Integer.parseInt(text.substring(slash + 1)));
  }

  static List<AddressBlock> listOf(String... texts) {
    return List.of(texts).stream().map(AddressBlock::of).toList();
  }

  /** {@code address} has 4 or 16 bytes; blocks of the other kind never contain it. */
  boolean contains(byte[] address) {
    if (address.length != network.size()) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit += 8) {
      int significant = Math.min(8, prefixBits - bit);
      int mask = 0xff << (8 - significant) & 0xff;
      if (((address[bit / 8] ^ network.at(bit / 8)) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
