// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * A terminal whose last lines are drawn over again and again; nothing at all where output goes to a
 * file or a pipe. Closing leaves the last picture, and the cursor at its end.
 */
public final class LiveScreen implements AutoCloseable {
  /** Of a terminal that does not tell, in columns. */
  public static final int WIDTH = 80;

  private record Drawn(Terminal terminal, Display display) {}

  private final Optional<Drawn> on;

  private LiveScreen(Optional<Drawn> on) {
    this.on = on;
  }

  public static LiveScreen none() {
    return new LiveScreen(Optional.empty());
  }

  public static LiveScreen open() throws IOException {
    Terminal terminal;
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysOut)
              .providers("exec")
              .jni(false) // It unpacks a library into /tmp.
              .ffm(false)
              .dumb(false)
              .graphemeCluster(false) // It would ask the terminal, and wait for the answer.
              .nativeSignals(false)
              .build();
    } catch (IllegalStateException | IOException notATerminal) {
      return none();
    }
    if (terminal.getStringCapability(Capability.cursor_up) == null) {
      terminal.close();
      return none();
    }
    return new LiveScreen(Optional.of(new Drawn(terminal, new Display(terminal, false))));
  }

  /** In columns. */
  public int width() {
    return on.map(drawn -> drawn.terminal.getColumns()).filter(w -> w > 0).orElse(WIDTH);
  }

  /** Draws {@code lines} over those before; false when there is no such terminal. */
  public boolean draw(List<String> lines) {
    if (on.isEmpty()) {
      return false;
    }
    Terminal terminal = on.get().terminal;
    int rows = terminal.getRows() > 1 ? terminal.getRows() : 24;
    int columns = width();
    on.get().display.resize(Size.of(columns, rows));
    List<AttributedString> fitting =
        lines.stream()
            .limit(rows - 1L)
            .map(line -> new AttributedString(line.substring(0, Math.min(columns, line.length()))))
            .toList();
    on.get().display.update(fitting, -1);
    return true;
  }

  /** The cursor was never hidden, and no mode set: a signal may end us at any point. */
  @Override
  public void close() throws IOException {
    if (on.isPresent()) {
      on.get().terminal.close();
    }
  }
}
