// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;
import tollway.netstate.GraphView;

/**
 * The graph on the whole of a terminal, as long as somebody looks. Touches the screen only from the
 * first graph on, so that what fails before is told where it was asked.
 */
final class LiveScreen implements WatchView {
  private final Terminal terminal;
  private final EventLoop loop;
  private final ScreenText text;
  private final boolean colour;
  private final Runnable quit;

  private @Nullable GraphView view;
  private String trouble = "";
  private boolean entered;
  private boolean closed;
  private List<String> painted = List.of();
  private Size paintedSize = Size.of(0, 0);

  private LiveScreen(
      Terminal terminal, EventLoop loop, ScreenText text, boolean colour, Runnable quit) {
    this.terminal = terminal;
    this.loop = loop;
    this.text = text;
    this.colour = colour;
    this.quit = quit;
  }

  /** Empty when there is no terminal, or none whose cursor can be moved. Any thread. */
  static Optional<LiveScreen> open(EventLoop loop, String title, boolean colour, Runnable quit)
      throws IOException {
    Terminal terminal;
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysOut)
              .providers("jni,exec")
              .dumb(false)
              .graphemeCluster(false) // It would ask the terminal, and wait for the answer.
              .signalHandler(signal -> {})
              .build();
    } catch (IllegalStateException notATerminal) {
      return Optional.empty();
    }
    if (terminal.getStringCapability(Capability.cursor_address) == null
        || terminal.getStringCapability(Capability.clear_screen) == null) {
      terminal.close();
      return Optional.empty();
    }
    LiveScreen screen = new LiveScreen(terminal, loop, new ScreenText(title), colour, quit);
    screen.heedSignals();
    return Optional.of(screen);
  }

  @Override
  public void show(GraphView newest) {
    loop.checkInLoop();
    view = newest;
    trouble = "";
    enter();
    paint();
  }

  @Override
  public void lost(String why) {
    trouble = why;
    paint();
  }

  @Override
  public void close() {
    loop.checkInLoop();
    closed = true;
    if (entered) {
      terminal.puts(Capability.enter_am_mode);
      terminal.puts(Capability.cursor_normal);
      if (!terminal.puts(Capability.exit_ca_mode)) {
        // No second screen to go back to: what follows begins below ours.
        terminal.puts(Capability.cursor_address, size().getRows() - 1, 0);
        terminal.writer().println();
      }
      terminal.flush();
    }
    try {
      terminal.close(); // Puts its attributes back as they were.
    } catch (IOException gone) {
      // Then there is nothing to put back.
    }
  }

  private void heedSignals() {
    terminal.handle(Terminal.Signal.WINCH, signal -> loop.execute(this::paint));
    terminal.handle(Terminal.Signal.CONT, signal -> loop.execute(this::repaint));
    terminal.handle(Terminal.Signal.INT, signal -> quit.run());
    terminal.handle(Terminal.Signal.QUIT, signal -> quit.run());
    // Not by a shutdown hook: JLine has one of its own, and the two would race.
    Signals.register("TERM", quit);
    Signals.register("HUP", quit);
  }

  private void enter() {
    if (entered || closed) {
      return;
    }
    entered = true;
    terminal.enterRawMode();
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.puts(Capability.exit_am_mode); // A name may be wider than its Unicode says.
    NonBlockingReader reader = terminal.reader();
    BackgroundThread.start("netstate-keys", () -> readKeys(reader));
  }

  private void readKeys(NonBlockingReader reader) throws IOException {
    Key key;
    do {
      key = Key.read(reader);
      Key pressed = key;
      loop.execute(() -> press(pressed));
    } while (key != Key.QUIT);
  }

  private void press(Key key) {
    switch (key) {
      case QUIT -> quit.run();
      case REDRAW -> repaint();
      default -> {
        text.scroll(key);
        paint();
      }
    }
  }

  private void repaint() {
    if (entered && !closed) {
      terminal.enterRawMode(); // Whoever stopped us may have left the terminal in another.
      paintedSize = Size.of(0, 0);
      paint();
    }
  }

  /** Writes the rows that differ from those on the screen. */
  private void paint() {
    if (!entered || closed || view == null) {
      return;
    }
    Size size = size();
    List<Row> rows = text.rows(view, trouble, size);
    if (!size.equals(paintedSize)) {
      terminal.puts(Capability.clear_screen);
      painted = List.of();
      paintedSize = size;
    }
    List<String> next = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      String line = rows.get(i).render(size.getColumns(), colour);
      next.add(line);
      if (i >= painted.size() || !painted.get(i).equals(line)) {
        terminal.puts(Capability.cursor_address, i, 0);
        terminal.puts(Capability.clr_eol);
        terminal.writer().write(line);
      }
    }
    painted = next;
    terminal.flush();
  }

  /** Some terminals do not know how large they are. */
  private Size size() {
    Size size = terminal.getSize();
    return Size.of(
        size.getColumns() > 0 ? size.getColumns() : 80, size.getRows() > 0 ? size.getRows() : 24);
  }
}
