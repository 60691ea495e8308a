// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tollway.session.PathSnapshot;
import tollway.session.TransportKind;

/**
 * How a desktop is doing.
 *
 * @param ready whether requests are served now
 * @param state what people are told who wait
 * @param transport what the session runs over; empty while there is none
 * @param freddie whether it is connected
 * @param connecting volunteers whose path is not there yet
 * @param connections of programs to the proxy
 * @param waiting requests that wait for a way out
 * @param opened connections that were opened through the egress, since the start
 * @param up bytes that they carried to it
 * @param down bytes that they carried back
 * @param refused how many connections of programs did not come to be, by cause
 * @param faults how often what went wrong, since the start
 * @param latest the latest of them, newest last
 */
public record DesktopStatus(
    boolean ready,
    String state,
    Optional<TransportKind> transport,
    boolean freddie,
    List<PathSnapshot> paths,
    int connecting,
    int connections,
    int waiting,
    long opened,
    long up,
    long down,
    Map<StreamFault, Long> refused,
    Map<DesktopFault.Cause, Long> faults,
    List<DesktopFault> latest) {
  public DesktopStatus {
    paths = List.copyOf(paths);
    refused = Map.copyOf(refused);
    faults = Map.copyOf(faults);
    latest = List.copyOf(latest);
  }
}
