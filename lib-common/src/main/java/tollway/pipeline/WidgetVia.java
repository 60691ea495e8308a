// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Locale;

/** How a volunteer gets on to the egresses of its invites. */
public enum WidgetVia {
  /** By a WebSocket of its own; people come by way of it who could not. */
  EGRESS,
  /** By way of other volunteers, with a data channel for each person; never by itself. */
  VOLUNTEERS,
  /** Both: by itself when it is asked for that and can, by way of others when it is asked so. */
  AUTO;

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean usesEgress() {
    return this != VOLUNTEERS;
  }

  boolean usesVolunteers() {
    return this != EGRESS;
  }
}
