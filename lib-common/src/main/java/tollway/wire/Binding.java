// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * What {@code scrooge2} messages say besides: for whom they are ({@code to}), the nonce of that
 * node on this link ({@code echo}), which nobody could know before, and the sender's own ({@code
 * nonce}). Hellos are for everybody and have no echo, tunnel messages no nonce of their own.
 */
public record Binding(Optional<NodeId> to, Bytes echo, Bytes nonce) {
  /** In bytes: fresh for each link and run. */
  public static final int NONCE_SIZE = 16;

  public Binding {
    if (to.isPresent() != (echo.size() == NONCE_SIZE)
        || (echo.size() != NONCE_SIZE && echo.size() != 0)
        || (nonce.size() != NONCE_SIZE && nonce.size() != 0)
        || echo.size() + nonce.size() == 0) {
      throw new IllegalArgumentException("a binding has an echo for somebody, or a nonce, or both");
    }
  }

  public static Binding hello(Bytes nonce) {
    return new Binding(Optional.empty(), Bytes.EMPTY, nonce);
  }

  public static Binding confirm(NodeId to, Bytes echo, Bytes nonce) {
    return new Binding(Optional.of(to), echo, nonce);
  }

  public static Binding tunnel(NodeId to, Bytes echo) {
    return new Binding(Optional.of(to), echo, Bytes.EMPTY);
  }
}
