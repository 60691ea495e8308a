// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import java.util.Optional;
import java.util.function.Consumer;
import tollway.bytes.Bytes;

/**
 * Carries messages to all members who listen to their subject, but not back to the sender. Keeps
 * the order between two members, tells nothing twice, and may lose what is said while it is away.
 * Every method may be called from any thread, and none waits but {@link #close}.
 */
public interface Bus extends AutoCloseable {
  /** The longest message, in bytes. */
  int SIZE_LIMIT = 16 << 10;

  /**
   * Hands every message on {@code subject} to {@code listener} from now on, also when the bus comes
   * back; one at a time, on a thread of the bus, which must not wait. A subject consists of words
   * with dots between them, and has one listener at each member.
   */
  void listen(String subject, Consumer<Bytes> listener);

  /** Lost when nobody listens, or when the bus is away. */
  void publish(String subject, Bytes message);

  /** Why the bus is away, in a few words; empty while it is there. */
  Optional<String> trouble();

  /** Says what is still to be said, and hears nothing any more. */
  @Override
  void close();

  /** Refuses what is too long for any bus. */
  static void check(Bytes message) {
    if (message.size() > SIZE_LIMIT) {
      throw new IllegalArgumentException("a message on the bus has at most 16 KiB");
    }
  }
}
