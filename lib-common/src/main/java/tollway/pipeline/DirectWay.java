// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.onward.Onward;
import tollway.session.PathHandle;
import tollway.session.PathLink;

/**
 * A desktop's own way to the egress, for those whom no volunteer can reach: the WebSocket that
 * volunteers use, with one path. On the desktop's loop.
 *
 * <pre>
 * OFF ──alone──▶ WAITING ──patience──▶ DIALLING ──up──▶ OPEN
 *  ▲                                      ▲──lost, refused──┘
 *  └──────────accompanied, for a while────┴─────────────────┘
 * </pre>
 */
final class DirectWay {
  static final String LABEL = "direct";

  /** So long volunteers have to come to be; what is possible takes 3 s at most. */
  private static final Duration PATIENCE = Duration.ofMillis(3500);

  /** A volunteer's path is looked at for so long before this one is given up for it. */
  private static final Duration OVERLAP = Duration.ofMillis(500);

  /** Before a path that the egress or the session closed is opened again. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  /** What the way asks of its owner. */
  interface Owner {
    /** The person's address is about to be shown to the egress. */
    void begins();

    /** Add the path to the session. */
    PathHandle open(PathLink link, String label);

    void failed(String why);
  }

  private final NettyEventLoop loop;
  private final DirectUse use;
  private final Invite invite;
  private final Owner owner;
  private @Nullable EgressSocket socket;
  private @Nullable Path path;
  private Timer timer = () -> {};
  private boolean alone;
  private boolean closed;

  DirectWay(NettyEventLoop loop, DirectUse use, Invite invite, Owner owner) {
    this.loop = loop;
    this.use = use;
    this.invite = invite;
    this.owner = owner;
  }

  /** Whether a volunteer's path is attached now; may be told again and again. */
  void accompanied(boolean now) {
    loop.checkInLoop();
    if (use == DirectUse.NEVER || closed || alone == !now) {
      return;
    }
    alone = !now;
    if (now) {
      after(OVERLAP, this::stop);
    } else if (socket == null) {
      after(use == DirectUse.ONLY ? Duration.ZERO : PATIENCE, this::dial);
    } else {
      timer.cancel();
      open();
    }
  }

  /** There is a new session, which has no paths yet. */
  void sessionOpened() {
    loop.checkInLoop();
    open();
  }

  void close() {
    loop.checkInLoop();
    closed = true;
    stop();
  }

  private void after(Duration pause, Runnable then) {
    timer.cancel();
    timer = loop.schedule(pause, then);
  }

  private void dial() {
    owner.begins();
    EgressSocket fresh =
        new EgressSocket(
            loop,
            invite.egressUrls(),
            invite.token(),
            TrustedRoots.SYSTEM, // Who is on the way sees nothing: the session is pinned.
            new EgressSocket.Listener() {
              @Override
              public void up() {
                open();
              }

              @Override
              public void down(String why) {
                owner.failed("egress at " + why);
              }
            });
    socket = fresh;
    fresh.start();
  }

  private void open() {
    EgressSocket up = socket;
    if (up == null || !up.isUp() || path != null || closed) {
      return;
    }
    Path fresh = new Path(up);
    path = fresh;
    fresh.handle = owner.open(fresh, LABEL);
    if (path != fresh) {
      return; // The session has ended, and closed it at once.
    }
    fresh.id = up.open(fresh);
  }

  private void stop() {
    timer.cancel();
    Path last = path;
    if (last != null) {
      last.end("a volunteer carries instead");
    }
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  /** One path of the socket, in one session. */
  private final class Path implements PathLink, Onward.PathListener {
    private static final int NONE = -1;

    private final EgressSocket over;
    private @Nullable PathHandle handle;
    private int id = NONE;

    Path(EgressSocket over) {
      this.over = over;
    }

    private void end(String why) {
      if (path != this) {
        return;
      }
      path = null;
      if (id != NONE) {
        over.closePath(id);
      }
      if (handle != null) {
        handle.closed(why);
      }
    }

    @Override
    public boolean send(ByteBuf frame) {
      if (id == NONE) {
        frame.release();
        return false;
      }
      return over.send(id, frame);
    }

    @Override
    public int maxFrameBytes() {
      return PathSocket.FRAME_LIMIT;
    }

    @Override
    public int datagramBytes() {
      return PathSocket.FRAME_LIMIT;
    }

    @Override
    public void close() {
      if (path == this) {
        end("the session closed the path");
        after(PAUSE, DirectWay.this::open);
      }
    }

    @Override
    public void frame(ByteBuf frame) {
      PathHandle session = handle;
      if (session == null || path != this) {
        frame.release();
      } else {
        session.frame(frame);
      }
    }

    @Override
    public void closed() {
      id = NONE;
      close();
    }

    @Override
    public void lost() {
      id = NONE;
      end("the egress is no longer connected");
    }
  }
}
