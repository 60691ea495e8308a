// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;

/** Whom a volunteer helps now, and by way of which egresses and other volunteers. */
public record WidgetSnapshot(
    List<PeerSnapshot> people, List<PeerSnapshot> egresses, List<PeerSnapshot> volunteers) {
  public WidgetSnapshot {
    people = List.copyOf(people);
    egresses = List.copyOf(egresses);
    volunteers = List.copyOf(volunteers);
  }
}
