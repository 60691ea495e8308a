// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Settings that operators give while the daemon runs, and that outlive it. Calls block. */
interface Shelf {
  Map<String, String> settings(String kind) throws IOException;

  /** Empty takes the setting away. */
  void set(String kind, String key, Optional<String> value) throws IOException;
}
