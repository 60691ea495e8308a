// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

/** A task that waits for its time on an {@link EventLoop}. */
public interface Timer {
  /** After this the task does not start; harmless when it has run. Any thread. */
  void cancel();
}
