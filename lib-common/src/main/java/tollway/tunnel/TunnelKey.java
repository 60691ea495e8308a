// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** The public X25519 key of one end of a tunnel. */
public record TunnelKey(Bytes bytes) {
  public static final int SIZE = 32;

  private static final Bytes ZERO = Bytes.of(new byte[SIZE]);

  /** Trusts its argument's content: outside input goes through {@link #of}. */
  public TunnelKey {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("a tunnel key has 32 bytes");
    }
  }

  /** Refuses a wrong length and the zero key, which WireGuard takes for "no key". */
  public static TunnelKey of(Bytes bytes) throws MalformedBytesException {
    if (bytes.size() != SIZE) {
      throw new MalformedBytesException("a tunnel key has 32 bytes, not " + bytes.size());
    }
    if (bytes.equals(ZERO)) {
      throw new MalformedBytesException("the zero key is no tunnel key");
    }
    return new TunnelKey(bytes);
  }

  public String base64() {
    return bytes.base64();
  }

  @Override
  public String toString() {
    return base64();
  }
}
