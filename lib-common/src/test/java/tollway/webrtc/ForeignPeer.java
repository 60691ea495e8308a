// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.List;

/** A peer that is not ours, with what it wants to have carried. */
interface ForeignPeer {
  /** What one says to the other before they are connected. */
  record Signal(boolean isDescription, String text) {}

  /** What it has said since the last call. */
  List<Signal> said() throws Exception;

  void hear(Signal signal) throws Exception;

  boolean isOpen(String label) throws Exception;
}
