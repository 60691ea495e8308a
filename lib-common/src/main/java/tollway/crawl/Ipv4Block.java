// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import io.netty.util.NetUtil;

/**
 * IPv4 addresses next to each other, both ends included; as numbers, 0 to 2³²-1.
 *
 * @param first no greater than {@code last}
 */
public record Ipv4Block(long first, long last) {
  static final long LAST_ADDRESS = 0xffff_ffffL;

  public Ipv4Block {
    if (first < 0 || first > last || last > LAST_ADDRESS) {
      throw new IllegalArgumentException("no block of IPv4 addresses");
    }
  }

  /**
   * From {@code ADDRESS/BITS}, or an address for itself alone. Bits beyond the prefix are a
   * mistake: nobody should be probed who was not meant.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  public static Ipv4Block of(String text) {
    String[] parts = text.split("/", -1);
    byte[] raw = NetUtil.createByteArrayFromIpAddressString(parts[0]);
    if (raw == null
        || raw.length != 4
        || parts.length > 2
        || (parts.length == 2 && !parts[1].matches("[0-9]{1,2}"))) {
      throw new IllegalArgumentException("'" + text + "' is not an IPv4 address or ADDRESS/BITS");
    }
    int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : 32;
    if (bits > 32) {
      throw new IllegalArgumentException("'" + text + "' is not an IPv4 address or ADDRESS/BITS");
    }
    long first = number(raw);
    long span = LAST_ADDRESS >>> bits;
    if ((first & span) != 0) {
      throw new IllegalArgumentException(
          "'%s' has bits beyond its prefix: %s/%d is meant?"
              .formatted(text, text(first & ~span), bits));
    }
    return new Ipv4Block(first, first | span);
  }

  boolean overlaps(Ipv4Block other) {
    return first <= other.last && other.first <= last;
  }

  long size() {
    return last - first + 1;
  }

  /** Four bytes as a number. */
  static long number(byte[] raw) {
    long number = 0;
    for (byte each : raw) {
      number = number << 8 | (each & 0xff);
    }
    return number;
  }

  static byte[] raw(long address) {
    return new byte[] {
      (byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address
    };
  }

  /** Dotted. */
  static String text(long address) {
    return NetUtil.bytesToIpAddress(raw(address));
  }

  /** {@code ADDRESS/BITS} where it is such a block, else both ends. */
  @Override
  public String toString() {
    long size = size();
    if (Long.bitCount(size) == 1 && first % size == 0) {
      return text(first) + "/" + (32 - Long.numberOfTrailingZeros(size));
    }
    return text(first) + "-" + text(last);
  }
}
