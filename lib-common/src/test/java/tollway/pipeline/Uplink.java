// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.onward.Onward;
import tollway.session.ClientSession;
import tollway.session.ClientSessionConfig;
import tollway.session.ClientSessionListener;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.session.PathSnapshot;
import tollway.session.PathState;
import tollway.session.SessionEnd;
import tollway.session.TransportKind;

/** A volunteer's WebSocket to a real egress, and people who use it, perhaps from far away. */
final class Uplink implements AutoCloseable {
  private static final int TALKATIVE = Integer.MAX_VALUE;

  private final NettyEventLoop loop;
  private final EgressSocket socket;
  private final CompletableFuture<Void> up = new CompletableFuture<>();
  private final CompletableFuture<String> down = new CompletableFuture<>();
  private volatile Duration way = Duration.ZERO;

  Uplink(NettyEventLoop loop, URI url, Optional<String> token, TrustedRoots roots) {
    this.loop = loop;
    socket =
        new EgressSocket(
            loop,
            List.of(url),
            token,
            roots,
            new EgressSocket.Listener() {
              @Override
              public void up() {
                up.complete(null);
              }

              @Override
              public void down(String why) {
                down.complete(why);
              }
            });
    loop.execute(socket::start);
  }

  Uplink(NettyEventLoop loop, int port) {
    this(loop, URI.create("ws://127.0.0.1:" + port), Optional.empty(), TrustedRoots.SYSTEM);
  }

  /** Those who come from now on need so long for each way. */
  Uplink distant(Duration oneWay) {
    way = oneWay;
    return this;
  }

  Uplink awaitUp() throws Exception {
    up.get(30, TimeUnit.SECONDS);
    return this;
  }

  /** Why it went down, or did not come up. */
  String whyDown() throws Exception {
    return down.get(30, TimeUnit.SECONDS);
  }

  /** Opens a path and never says anything on it. */
  void openSilently() throws Exception {
    onLoop(
        () ->
            socket.open(
                new Onward.PathListener() {
                  @Override
                  public void frame(ByteBuf frame) {
                    frame.release();
                  }

                  @Override
                  public void closed() {
                    // So be it.
                  }

                  @Override
                  public void lost() {
                    // So be it.
                  }
                }));
  }

  /** Somebody with a session of their own by way of this volunteer. */
  Person person(NodeId egress) throws Exception {
    return person(egress, false);
  }

  /** Somebody whose session is attached, and who then says nothing any more. */
  Person mutePerson(NodeId egress) throws Exception {
    Person person = person(egress, true);
    person.attached.get(30, TimeUnit.SECONDS);
    return person;
  }

  private Person person(NodeId egress, boolean falls) throws Exception {
    return onLoop(() -> new Person(this, egress, falls ? 0 : TALKATIVE));
  }

  /** Somebody who says so much of QUIC, and then nothing any more; on the loop. */
  Person personWhoSays(NodeId egress, int dataFrames) {
    loop.checkInLoop();
    return new Person(this, egress, dataFrames);
  }

  /** The same as {@link #person}, without waiting for it; on the loop. */
  Person newcomer(NodeId egress) {
    return personWhoSays(egress, TALKATIVE);
  }

  NettyEventLoop loop() {
    return loop;
  }

  /** For {@code close()}, which throws nothing that is checked. */
  private void quietly(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          task.run();
          done.complete(null);
        });
    done.orTimeout(30, TimeUnit.SECONDS).join();
  }

  <T> T onLoop(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(task.call());
          } catch (Exception | Error failed) {
            done.completeExceptionally(failed);
          }
        });
    return done.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    quietly(socket::close);
  }

  /** One path of the WebSocket, as a session of a desktop sees it. */
  static final class Path implements PathLink, Onward.PathListener {
    private static final int DATA = 1;

    private final EgressSocket socket;
    private final NettyEventLoop loop;
    private final Duration way;
    private final int id;
    private int sayings;
    private @Nullable PathHandle handle;

    /** Says nothing from now on, as if both were gone. */
    volatile boolean mute;

    private Path(Uplink uplink, int sayings) {
      socket = uplink.socket;
      loop = uplink.loop;
      way = uplink.way;
      this.sayings = sayings;
      id = socket.open(this);
    }

    @Override
    public boolean send(ByteBuf frame) {
      if (frame.getUnsignedByte(frame.readerIndex()) == DATA) {
        mute |= sayings-- == 0;
      }
      if (mute) {
        frame.release();
        return true;
      }
      if (way.isZero()) {
        return socket.send(id, frame);
      }
      later(() -> socket.send(id, frame));
      return true;
    }

    /** What is on its way keeps its order. */
    private void later(Runnable arrival) {
      if (way.isZero()) {
        arrival.run();
      } else {
        loop.schedule(way, arrival);
      }
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
      later(() -> socket.closePath(id));
    }

    @Override
    public void frame(ByteBuf frame) {
      later(() -> arrived(frame));
    }

    private void arrived(ByteBuf frame) {
      PathHandle told = handle;
      if (told == null || mute) {
        frame.release();
      } else {
        told.frame(frame);
      }
    }

    @Override
    public void closed() {
      later(() -> ended("closed by the egress"));
    }

    @Override
    public void lost() {
      later(() -> ended("lost"));
    }

    private void ended(String why) {
      PathHandle told = handle;
      if (told != null) {
        told.closed(why);
      }
    }
  }

  /** A desktop of which only the session is there. */
  static final class Person implements AutoCloseable, ClientSessionListener {
    private final Uplink uplink;
    private final ClientSession session;
    private final Path path;
    private final WaitingStreams streams;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> attached = new CompletableFuture<>();
    private final int sayings;
    private volatile String lastPath = "";

    private Person(Uplink uplink, NodeId egress, int sayings) {
      this.uplink = uplink;
      this.sayings = sayings;
      streams = new WaitingStreams(uplink.loop, () -> "no session");
      session =
          ClientSession.open(
              uplink.loop,
              new ClientSessionConfig(
                  egress, PathSizes.PACKET, PathSizes.FRAME, false, TransportKind.available()),
              this);
      path = new Path(uplink, sayings);
      path.handle = session.addPath(path, "the only one");
    }

    Person awaitReady() throws Exception {
      ready.get(30, TimeUnit.SECONDS);
      return this;
    }

    CompletableFuture<Void> whenReady() {
      return ready;
    }

    /** Without waiting for it; on the loop. */
    void leave() {
      session.close();
    }

    boolean isReady() {
      return ready.isDone() && !ended.isDone();
    }

    /** What became of the path last. */
    String lastPath() {
      return lastPath;
    }

    /** What the egress says of {@code destination}. */
    Visit visit(Destination destination) {
      Visit visit = new Visit();
      uplink.loop.execute(() -> streams.open(destination, visit));
      return visit;
    }

    /** A measurement with whatever the egress sends counted. */
    Visit measure(StreamHeader.SpeedTest.Kind kind, int seconds) {
      Visit visit = new Visit();
      uplink.loop.execute(() -> streams.openSpeedTest(kind, seconds, visit));
      return visit;
    }

    /** What a desktop measures. */
    SpeedResult speedTest(int seconds) throws Exception {
      SpeedTest test =
          new SpeedTest(
              uplink.loop,
              streams,
              () -> session.snapshot().paths(),
              seconds,
              SpeedProgress.UNSEEN);
      uplink.loop.execute(test::begin);
      return test.result().get(60, TimeUnit.SECONDS);
    }

    /** What the egress says of datagrams. */
    Visit associate() {
      Visit visit = new Visit();
      uplink.loop.execute(() -> streams.openDatagrams(visit));
      return visit;
    }

    @Override
    public void ready(TransportKind transport) {
      streams.available(session);
      ready.complete(null);
    }

    @Override
    public void pathChanged(PathSnapshot changed, String why) {
      lastPath = changed.state() + ": " + why;
      if (changed.state() == PathState.ACTIVE) {
        path.mute = sayings == 0; // Before the handshake can be over.
        attached.complete(null);
      }
    }

    @Override
    public void ended(SessionEnd end) {
      ended.complete(end);
    }

    @Override
    public void close() {
      uplink.quietly(session::close);
      ended.orTimeout(30, TimeUnit.SECONDS).join();
    }
  }
}
