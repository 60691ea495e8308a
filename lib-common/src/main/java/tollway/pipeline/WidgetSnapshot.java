// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;

/** Whom a volunteer helps now, and by way of which egresses. */
public record WidgetSnapshot(List<PeerSnapshot> people, List<PeerSnapshot> egresses) {
  public WidgetSnapshot {
    people = List.copyOf(people);
    egresses = List.copyOf(egresses);
  }
}
