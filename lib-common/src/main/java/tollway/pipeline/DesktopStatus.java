// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;
import java.util.Map;
import tollway.session.PathSnapshot;

/**
 * How a desktop is doing.
 *
 * @param ready whether requests are served now
 * @param state what people are told who wait
 * @param freddie whether it is connected
 * @param connecting volunteers whose path is not there yet
 * @param connections of programs to the proxy
 * @param waiting requests that wait for a way out
 * @param refused how many connections of programs did not come to be, by cause
 * @param faults how often what went wrong, since the start
 * @param latest the latest of them, newest last
 */
public record DesktopStatus(
    boolean ready,
    String state,
    boolean freddie,
    List<PathSnapshot> paths,
    int connecting,
    int connections,
    int waiting,
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
