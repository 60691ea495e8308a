// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.Timer;

/**
 * The egress's end of all sessions. A new path gets a challenge; who answers with a valid proof is
 * attached to the session of that key, which is made when it is new. The table of sessions is owned
 * by one loop; each session by a loop of its own; the methods may be called from any thread.
 */
public final class SessionServer {
  /** A path that has not proved itself by then is closed. */
  private static final Duration PROOF_DEADLINE = Duration.ofSeconds(10);

  /** Paths lose frames: the challenge is put again until the proof comes. */
  private static final Duration CHALLENGE_AGAIN = Duration.ofMillis(400);

  /** A handshake of DTLS has a thread of its own. */
  static final int MOST_SHAKING = 64;

  private final NettyLoops loops;
  private final NettyEventLoop home;
  private final NodeId egress;
  private final SessionServerConfig config;
  private final ChannelHandler streamHandler;
  private final Consumer<PathRefusal> refused;
  private final EgressCertificate certificate;

  /** Null where QUIC does not work. */
  private final @Nullable QuicSslContext tls;

  private final SecureRandom random = new SecureRandom();
  private final Map<NodeId, ServerSession> sessions = new HashMap<>();

  /**
   * Paths that have not proved themselves, and sessions whose desktop has not, the oldest first:
   * when there is no room, those that took longest make it, so that who says nothing delays nobody.
   */
  private final LinkedHashSet<ServerPath> unproved = new LinkedHashSet<>();

  private final LinkedHashSet<ServerSession> unstated = new LinkedHashSet<>();
  private boolean closed;
  private boolean draining;
  private @Nullable CompletableFuture<Void> stopped;

  /**
   * {@code streamHandler} is added to every stream that a desktop opens; it must be sharable.
   * {@code refused} is told on any of the loops.
   */
  public SessionServer(
      NettyLoops loops,
      Identity identity,
      SessionServerConfig config,
      ChannelHandler streamHandler,
      Consumer<PathRefusal> refused) {
    this.loops = loops;
    this.config = config;
    this.streamHandler = streamHandler;
    this.refused = refused;
    home = loops.next();
    egress = identity.nodeId();
    certificate = EgressCertificate.make(identity, random);
    tls =
        config.transports().contains(TransportKind.QUIC)
            ? QuicSslContextBuilder.forServer(certificate.key(), null, certificate.certificate())
                .applicationProtocols(QuicLimits.PROTOCOL)
                .build()
            : null;
  }

  /** Adds a link that a volunteer opened; {@code label} is what snapshots call it. */
  public PathHandle addPath(PathLink link, String label) {
    ServerPath path = new ServerPath(link, label);
    home.execute(path::challenge);
    return path;
  }

  /** Hands how every session is doing to {@code sink}, on one of the loops. */
  public void snapshots(Consumer<List<SessionSnapshot>> sink) {
    home.execute(
        () -> {
          List<ServerSession> now = List.copyOf(sessions.values());
          SnapshotGathering gathering = new SnapshotGathering(now.size(), sink);
          if (now.isEmpty()) {
            sink.accept(List.of());
          }
          now.forEach(session -> session.loop().execute(() -> gathering.add(session.snapshot())));
        });
  }

  /** Sessions go on, but take no more paths, and there are no new ones. */
  public void drain() {
    home.execute(() -> draining = true);
  }

  /**
   * Ends every session; paths that come later are refused. The result completes when the sessions
   * have said goodbye.
   */
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    home.execute(
        () -> {
          closed = true;
          stopped = done;
          for (ServerSession session : sessions.values()) {
            session.loop().execute(() -> session.end("the egress is stopping"));
          }
          completeWhenEmpty();
        });
    return done;
  }

  private void ended(ServerSession session) {
    sessions.remove(session.key(), session);
    unstated.remove(session);
    completeWhenEmpty();
  }

  private void completeWhenEmpty() {
    if (stopped != null && sessions.isEmpty()) {
      stopped.complete(null);
    }
  }

  /** The session of {@code key}, made when it is new; absent when there is no room for it. */
  private @Nullable ServerSession sessionOf(NodeId key, TransportKind kind) {
    ServerSession known = sessions.get(key);
    if (known != null) {
      return known;
    }
    boolean busy = kind == TransportKind.DTLS && shaking() >= MOST_SHAKING;
    if (busy || sessions.size() >= config.maxSessions()) {
      ServerSession slowest = slowest(busy ? EnumSet.of(kind) : EnumSet.allOf(TransportKind.class));
      if (slowest == null) {
        return null;
      }
      unstated.remove(slowest);
      sessions.remove(slowest.key(), slowest);
      slowest.loop().execute(() -> slowest.end("another one needs its place"));
    }
    ServerSession made =
        new ServerSession(loops.next(), key, kind, config, streamHandler, new Milestones());
    sessions.put(key, made);
    unstated.add(made);
    made.loop().execute(() -> made.start(transports(kind)));
    return made;
  }

  /** Handshakes that need a thread. */
  private long shaking() {
    return unstated.stream().filter(session -> session.kind() == TransportKind.DTLS).count();
  }

  /** The session that took longest and has not said whose it is; null when there is none. */
  private @Nullable ServerSession slowest(Set<TransportKind> kinds) {
    for (ServerSession session : unstated) {
      if (kinds.contains(session.kind())) {
        return session;
      }
    }
    return null;
  }

  private ServerSession.Transports transports(TransportKind kind) {
    QuicSslContext quic = tls;
    if (kind == TransportKind.QUIC && quic != null) {
      return (loop, datagrams, events) ->
          new QuicServer(loop, datagrams, quic, config.packetSize(), events);
    }
    return (loop, datagrams, events) -> DtlsTransport.server(loop, datagrams, certificate, events);
  }

  /** What sessions tell us; on their loops. */
  private final class Milestones implements ServerSession.Owner {
    @Override
    public void stated(ServerSession session) {
      home.execute(() -> unstated.remove(session));
    }

    @Override
    public void ended(ServerSession session) {
      home.execute(() -> SessionServer.this.ended(session));
    }
  }

  /** One volunteer's path: first nobody's, then a session's. */
  private final class ServerPath implements PathHandle {
    private final PathLink link;
    private final String label;

    // Owned by home.
    private @Nullable Bytes nonce;
    private @Nullable Timer deadline;
    private @Nullable Timer again;

    /** Written once by home, before frames may go to it. */
    private volatile @Nullable ServerSession session;

    // Owned by the session's loop.
    private @Nullable AttachedPath attached;
    private boolean gone;

    ServerPath(PathLink link, String label) {
      this.link = link;
      this.label = label;
    }

    void challenge() {
      if (closed || draining) {
        refuse(PathFrame.Reason.STOPPING);
        return;
      }
      if (unproved.size() >= config.maxUnproved()) {
        unproved.iterator().next().giveUp();
      }
      unproved.add(this);
      byte[] fresh = new byte[PathFrame.NONCE_SIZE];
      random.nextBytes(fresh);
      Bytes asked = Bytes.of(fresh);
      nonce = asked;
      deadline = home.schedule(PROOF_DEADLINE, this::giveUp);
      PathFrame.Challenge question = new PathFrame.Challenge(asked, config.transports());
      link.send(encoded(question));
      again = home.every(CHALLENGE_AGAIN, () -> link.send(encoded(question)));
    }

    @Override
    public void frame(ByteBuf frame) {
      ServerSession mine = session;
      if (mine == null) {
        home.execute(() -> prove(frame));
      } else if (mine.loop().inLoop()) {
        deliver(mine, frame);
      } else {
        mine.loop().execute(() -> deliver(mine, frame));
      }
    }

    @Override
    public void closed(String why) {
      home.execute(
          () -> {
            forget();
            ServerSession mine = session;
            if (mine != null) {
              mine.loop().execute(() -> leave(mine, why));
            }
          });
    }

    private void prove(ByteBuf frame) {
      ServerSession mine = session;
      if (mine != null) {
        mine.loop().execute(() -> deliver(mine, frame)); // It came while the proof was checked.
        return;
      }
      Bytes asked = nonce;
      try {
        if (asked == null) {
          return; // Refused or given up; its link is closing.
        }
        if (PathFrameCodec.decode(frame.nioBuffer()) instanceof PathFrame.Attach attach) {
          forget();
          attach(attach, asked);
        } else {
          giveUp();
        }
      } catch (MalformedBytesException wrong) {
        giveUp();
      } finally {
        frame.release();
      }
    }

    private void attach(PathFrame.Attach attach, Bytes asked) {
      TransportKind kind = attach.transport();
      if (!attach
          .session()
          .verify(PathFrame.attachProof(egress, asked, kind), attach.signature())) {
        refuse(PathFrame.Reason.BAD_PROOF);
        return;
      }
      if (!config.transports().contains(kind)) {
        refuse(PathFrame.Reason.NO_TRANSPORT);
        return;
      }
      ServerSession found = closed || draining ? null : sessionOf(attach.session(), kind);
      if (found == null) {
        refuse(closed || draining ? PathFrame.Reason.STOPPING : PathFrame.Reason.TOO_MANY_SESSIONS);
        return;
      }
      session = found;
      found.loop().execute(() -> join(found));
    }

    private void join(ServerSession mine) {
      if (gone) {
        return;
      }
      if (mine.ended()) {
        refuse(PathFrame.Reason.STOPPING);
      } else if (mine.pathCount() >= config.maxPathsPerSession()) {
        refuse(PathFrame.Reason.TOO_MANY_PATHS);
      } else {
        attached = mine.attach(link, label);
      }
    }

    private void deliver(ServerSession mine, ByteBuf frame) {
      AttachedPath path = attached;
      if (path == null) {
        frame.release();
      } else {
        mine.receive(path, frame);
      }
    }

    private void leave(ServerSession mine, String why) {
      gone = true;
      AttachedPath path = attached;
      if (path != null) {
        mine.lost(path, why);
      }
    }

    private void refuse(PathFrame.Reason reason) {
      refused.accept(PathRefusal.valueOf(reason.name()));
      link.send(encoded(new PathFrame.Refused(reason)));
      link.close();
    }

    private void giveUp() {
      forget();
      link.close();
    }

    /** No longer waits for a proof. */
    private void forget() {
      if (nonce != null) {
        nonce = null;
        unproved.remove(this);
      }
      if (deadline != null) {
        deadline.cancel();
        deadline = null;
      }
      if (again != null) {
        again.cancel();
        again = null;
      }
    }

    private ByteBuf encoded(PathFrame frame) {
      return Unpooled.wrappedBuffer(PathFrameCodec.encode(frame).toArray());
    }
  }
}
