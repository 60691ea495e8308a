// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.util.NetUtil;
import java.util.List;
import tollway.bytes.Bytes;

/** Addresses with a common beginning, such as {@code 10.0.0.0/8}. */
public record AddressBlock(Bytes network, int prefixBits) {
  public AddressBlock {
    if (prefixBits < 0 || prefixBits > network.size() * 8) {
      throw new IllegalArgumentException("no block of addresses has a prefix of " + prefixBits);
    }
  }

  /** From {@code ADDRESS/BITS}, or an address for itself alone. */
  public static AddressBlock of(String text) {
    String[] parts = text.split("/", -1);
    byte[] network = NetUtil.createByteArrayFromIpAddressString(parts[0]);
    if (network == null
        || parts.length > 2
        || (parts.length == 2 && !parts[1].matches("[0-9]{1,3}"))) {
      throw new IllegalArgumentException("not ADDRESS/BITS: '" + text + "'");
    }
    return new AddressBlock(
        Bytes.of(network),
        parts.length == 2 ? Integer.parseInt(parts[1]) : network.length * Byte.SIZE);
  }

  static List<AddressBlock> listOf(String... texts) {
    return List.of(texts).stream().map(AddressBlock::of).toList();
  }

  /** {@code address} has 4 or 16 bytes; blocks of the other kind never contain it. */
  public boolean contains(byte[] address) {
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
