// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.cli.UserErrorException;
import tollway.loop.NettyLoops;
import tollway.loop.ThreadEventLoop;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopListener;
import tollway.pipeline.Invite;
import tollway.pipeline.StunChoice;
import tollway.pt.PtArgument;
import tollway.pt.PtArguments;
import tollway.pt.PtGreeting;
import tollway.pt.PtLines;
import tollway.reach.ReachConfig;
import tollway.session.TransportKind;

/**
 * A desktop for each invite that connections of the host name, shared by those that name the same.
 * Owned by the os loop: to start a desktop, and to read a file, takes its time.
 */
final class PtDesktops implements PtGreeting.Guide, AutoCloseable {
  /** A host that has more bridges than this waits until one is not used. */
  private static final int MOST = 16;

  private static final Duration LOOK = Duration.ofMinutes(1);

  /** Whom nobody uses for so long frees his volunteers. */
  private static final Duration IDLE = Duration.ofMinutes(10);

  private static final long GOODBYE_SECONDS = 2;

  private final NettyLoops loops;
  private final ThreadEventLoop os;
  private final WayOptions way;
  private final Optional<Invite> usual;
  private final PtLines lines;
  private final Map<Invite, Use> uses = new HashMap<>();

  /** {@code loops} has one loop; {@code usual} is for connections that name no invite. */
  PtDesktops(
      NettyLoops loops, ThreadEventLoop os, WayOptions way, Optional<Invite> usual, PtLines lines) {
    this.loops = loops;
    this.os = os;
    this.way = way;
    this.usual = usual;
    this.lines = lines;
    os.every(LOOK, this::dismissIdle);
  }

  private static final class Use {
    private final Desktop desktop;
    private int open;
    private long idleSince;

    Use(Desktop desktop) {
      this.desktop = desktop;
    }
  }

  @Override
  public CompletableFuture<Consumer<Channel>> choose(List<PtArgument> arguments) {
    CompletableFuture<Consumer<Channel>> chosen = new CompletableFuture<>();
    os.execute(
        () -> {
          try {
            Use use = use(invite(arguments));
            use.idleSince = os.nanoTime();
            chosen.complete(channel -> serve(use, channel));
          } catch (IOException | UserErrorException | InvalidPathException useless) {
            chosen.completeExceptionally(useless);
          }
        });
    return chosen;
  }

  @Override
  public void refused(String why) {
    lines.log(PtLines.Severity.WARNING, "a connection was refused: " + why);
  }

  /** Says goodbye to all. Not on a loop. */
  @Override
  public void close() {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    os.execute(
        () ->
            CompletableFuture.allOf(
                    uses.values().stream()
                        .map(use -> use.desktop.close())
                        .toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> gone.complete(null)));
    gone.completeOnTimeout(null, GOODBYE_SECONDS, TimeUnit.SECONDS).join();
  }

  private Invite invite(List<PtArgument> arguments) throws IOException {
    Optional<String> text = PtArguments.value(arguments, "invite");
    if (text.isPresent()) {
      return InviteSource.decode("invite=", text.get());
    }
    Optional<String> file = PtArguments.value(arguments, "invite-file");
    if (file.isPresent()) {
      Path path = Path.of(file.get());
      if (!path.isAbsolute()) {
        throw new UserErrorException("invite-file= needs an absolute path");
      }
      return InviteSource.decode("invite-file=", InviteFile.read(path));
    }
    return usual.orElseThrow(
        () ->
            new UserErrorException(
                "an invite is missing: give invite= on the bridge line, or --invite-file where the"
                    + " transport is started"));
  }

  private Use use(Invite invite) throws IOException {
    Use known = uses.get(invite);
    if (known != null) {
      return known;
    }
    if (uses.size() >= MOST && !dismissOldest()) {
      throw new UserErrorException("more than " + MOST + " invites are in use");
    }
    Use fresh =
        new Use(
            Desktop.start(
                loops,
                way.toConfig(
                    invite,
                    ReachConfig.PLAIN,
                    StunChoice.USUAL,
                    Optional.empty(),
                    Optional.empty()),
                new Says()));
    uses.put(invite, fresh);
    return fresh;
  }

  /** On the channel's loop, which is the desktop's. */
  private void serve(Use use, Channel channel) {
    os.execute(() -> use.open++);
    channel
        .closeFuture()
        .addListener(
            closed ->
                os.execute(
                    () -> {
                      use.open--;
                      use.idleSince = os.nanoTime();
                    }));
    use.desktop.serve(channel);
  }

  private void dismissIdle() {
    long now = os.nanoTime();
    List.copyOf(uses.entrySet()).stream()
        .filter(each -> each.getValue().open == 0)
        .filter(each -> now - each.getValue().idleSince > IDLE.toNanos())
        .forEach(each -> dismiss(each.getKey()));
  }

  private boolean dismissOldest() {
    Optional<Invite> oldest =
        uses.entrySet().stream()
            .filter(each -> each.getValue().open == 0)
            .min(Comparator.comparingLong(each -> each.getValue().idleSince))
            .map(Map.Entry::getKey);
    oldest.ifPresent(this::dismiss);
    return oldest.isPresent();
  }

  private void dismiss(Invite invite) {
    Use use = uses.remove(invite);
    if (use != null) {
      use.desktop.close();
    }
  }

  /** Tells the host's log, and what goes on only once. */
  private final class Says implements DesktopListener {
    private @Nullable String last;

    @Override
    public void connected(TransportKind transport) {
      lines.connected();
      log(PtLines.Severity.NOTICE, "connected to the egress");
    }

    @Override
    public void disconnected(String why) {
      lines.disconnected(why);
      log(PtLines.Severity.WARNING, "no way to the egress: " + why);
    }

    @Override
    public void trouble(String what) {
      log(PtLines.Severity.WARNING, what);
    }

    private void log(PtLines.Severity severity, String text) {
      if (!text.equals(last)) {
        last = text;
        lines.log(severity, text);
      }
    }
  }
}
