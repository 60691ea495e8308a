// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.exec.HostCommand;
import tollway.loop.EventLoop;

/**
 * Asks NetworkManager, where there is one, whether somebody pays this host's traffic by the byte.
 */
final class MeteredWatch {
  private static final Logger log = LoggerFactory.getLogger(MeteredWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int OUTPUT = 4096;

  private static final List<String> QUESTION =
      List.of(
          "busctl",
          "--system",
          "--auto-start=no",
          "get-property",
          "org.freedesktop.NetworkManager",
          "/org/freedesktop/NetworkManager",
          "org.freedesktop.NetworkManager",
          "Metered");

  /** NMMetered: 1 yes, 3 probably; 2 and 4 not, 0 unknown. */
  private static final List<String> METERED = List.of("u 1", "u 3");

  private MeteredWatch() {}

  /** Tells {@code sink} on the {@code os} loop, which it blocks for a moment, now and then. */
  static void start(EventLoop os, Consumer<Boolean> sink) {
    if (HostCommand.find(QUESTION.get(0)).isPresent()) {
      os.every(EVERY, () -> sink.accept(look()));
    }
  }

  /** Blocks. False as well when nobody knows. */
  static boolean look() {
    if (HostCommand.find(QUESTION.get(0)).isEmpty()) {
      return false;
    }
    try {
      HostCommand.Result result = HostCommand.bounded(QUESTION, LIMIT, OUTPUT);
      return result.exitCode() == 0 && METERED.contains(result.stdout().strip());
    } catch (IOException silent) {
      log.debug("busctl: {}", silent.toString());
      return false;
    }
  }
}
