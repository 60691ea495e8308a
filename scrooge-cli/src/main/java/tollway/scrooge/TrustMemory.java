// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tollway.store.NodeStore;

/** What was said of single neighbours, in the node's database. */
final class TrustMemory implements NeighborDesk.Memory {
  private final NodeStore store;

  TrustMemory(NodeStore store) {
    this.store = store;
  }

  @Override
  public Map<String, String> kept() throws IOException {
    return store.settings("trust");
  }

  @Override
  public void keep(String key, Optional<String> said) throws IOException {
    store.set("trust", key, said);
  }
}
