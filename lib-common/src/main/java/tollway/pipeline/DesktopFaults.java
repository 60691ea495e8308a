// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What went wrong since the start, counted, and the latest of it. On the desktop's loop. */
final class DesktopFaults {
  private static final int LATEST = 16;

  private final CauseCounts<DesktopFault.Cause> counts =
      new CauseCounts<>(DesktopFault.Cause.class);
  private final Deque<DesktopFault> latest = new ArrayDeque<>();

  private final Consumer<DesktopFault> told;

  /** {@code told} hears of each. */
  DesktopFaults(Consumer<DesktopFault> told) {
    this.told = told;
  }

  void add(Instant at, DesktopFault.Cause cause, String why) {
    counts.add(cause, at);
    if (latest.size() == LATEST) {
      latest.removeFirst();
    }
    DesktopFault fault = new DesktopFault(at, cause, NetworkErrors.brief(why));
    latest.addLast(fault);
    told.accept(fault);
  }

  Map<DesktopFault.Cause, Long> counts() {
    return counts.all();
  }

  List<DesktopFault> latest() {
    return List.copyOf(latest);
  }
}
