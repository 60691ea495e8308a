// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.net.Inet6Address;
import java.net.UnknownHostException;
import tollway.bytes.Bytes;

/**
 * A network interface that has a usable link-local address: one can speak and be answered on it.
 */
public record LinkInterface(String name, int index, Bytes linkLocal) {
  public LinkInterface {
    if (linkLocal.size() != 16) {
      throw new IllegalArgumentException("an IPv6 address has 16 bytes");
    }
  }

  /** {@code address}, scoped to this interface. */
  Inet6Address scoped(Bytes address) {
    try {
      return Inet6Address.getByAddress(null, address.toArray(), index);
    } catch (UnknownHostException wrongSize) {
      throw new IllegalStateException(wrongSize);
    }
  }
}
