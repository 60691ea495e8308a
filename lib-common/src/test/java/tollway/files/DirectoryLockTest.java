// SPDX-License-Identifier: Apache-2.0
package tollway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryLockTest {
  @Test
  void oneAtATime(@TempDir Path directory) throws Exception {
    try (DirectoryLock first = DirectoryLock.take(directory)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> DirectoryLock.take(directory))
          .isInstanceOf(DirectoryLock.TakenException.class)
          .hasMessage("another process uses '" + directory + "'");
    }
    DirectoryLock.take(directory).close();
  }
}
