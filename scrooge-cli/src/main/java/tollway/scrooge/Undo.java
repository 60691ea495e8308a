// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be closed, last first, when a start fails half-way. */
final class Undo implements Closeable {
  private final Deque<Closeable> opened = new ArrayDeque<>();

  <T extends Closeable> T later(T resource) {
    opened.push(resource);
    return resource;
  }

  /** All went well: nothing is closed. */
  void forget() {
    opened.clear();
  }

  @Override
  public void close() throws IOException {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
