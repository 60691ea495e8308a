// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread for a blocking call that cannot live on a loop; it hands results back to one. */
public final class BackgroundThread {
  private static final Logger log = LoggerFactory.getLogger(BackgroundThread.class);

  private BackgroundThread() {}

  /** What the thread does. An {@link IOException} ends it quietly: its socket was closed. */
  public interface Body {
    void run() throws IOException, InterruptedException;
  }

  /**
   * Starts {@code body} on a daemon thread; closing what it blocks on, or an interrupt, ends it.
   */
  public static Thread start(String name, Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (IOException | InterruptedException ended) {
                log.debug("{} ended: {}", name, ended.toString());
              } catch (RuntimeException bug) {
                log.error("{} failed", name, bug);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
