// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Says what neighbours weigh: a file, a program, or a ledger of what they have paid. */
public interface WeightSource {
  /**
   * Every neighbour it knows by public key in base64; empty when nothing has changed. What it does
   * not name it does not know. Blocks: called on a loop of its own. A failure keeps the last good
   * answer; its message is told to the operator.
   */
  Optional<Map<String, Claim>> read() throws IOException;

  /** How often it is asked. */
  Duration period();
}
