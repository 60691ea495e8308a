// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.util.Optional;

/**
 * Something that runs WireGuard interfaces. Every call blocks for milliseconds: make it on an
 * {@code os} loop.
 */
public interface TunnelBackend {
  /** As {@code --backend} calls it. */
  String label();

  /** Makes the interface {@code name}, down and without keys. */
  void create(String name) throws IOException;

  /** Gives the interface its keys, port and only peer; sessions with earlier peers end. */
  void configure(TunnelSpec spec) throws IOException;

  /** Empty when nothing of that name runs, or it does not answer. */
  Optional<TunnelStatus> status(String name) throws IOException;

  /** Ends the interface and whatever serves it; harmless when there is none. */
  void remove(String name) throws IOException;
}
