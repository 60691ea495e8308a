// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/** A desktop and an egress over paths in memory, with Mallory in the middle where it matters. */
abstract class SessionLab {
  static final Identity EGRESS = Identity.generate(new SecureRandom());
  static final int FRAME = 16 << 10;
  static final int BULK = 30_000_000;

  final NettyLoops loops = new NettyLoops(2);
  final NettyEventLoop desktopLoop = loops.next();
  final List<SessionServer> servers = new ArrayList<>();
  final Queue<PathRefusal> refusals = new ConcurrentLinkedQueue<>();
  final List<Desktop> desktops = new ArrayList<>();
  final TestService service = new TestService();
  final SessionServer egress = server(EGRESS);

  @AfterEach
  void stop() throws Exception {
    for (Desktop desktop : desktops) {
      onLoop(
          () -> {
            desktop.session.close();
            return desktop;
          });
      desktop.ended.get(30, TimeUnit.SECONDS);
    }
    for (SessionServer server : servers) {
      server.close().get(30, TimeUnit.SECONDS);
    }
    onLoop(() -> true); // What was on its way has arrived.
    loops.close();
  }

  /** What both ends know. */
  Set<TransportKind> transports() {
    return Set.of(TransportKind.QUIC);
  }

  SessionServer server(Identity identity) {
    return server(identity, transports());
  }

  SessionServer server(Identity identity, Set<TransportKind> transports) {
    SessionServer made =
        new SessionServer(
            loops,
            identity,
            new SessionServerConfig(100, 4, 64, 1200, FRAME, transports),
            service,
            refusals::add);
    servers.add(made);
    return made;
  }

  static byte[] bulk(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return bytes;
  }

  static String bulkSha256() throws Exception {
    return sha256(bulk(BULK));
  }

  static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** What the egress does with a stream: echo TEXT, bulk SIZE, or count after half-close. */
  @ChannelHandler.Sharable
  static final class TestService extends ChannelInboundHandlerAdapter {
    final AtomicLong requests = new AtomicLong();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf request = (ByteBuf) message;
      String text = request.toString(StandardCharsets.UTF_8);
      request.release();
      requests.incrementAndGet();
      DuplexChannel stream = (DuplexChannel) context.channel();
      if (text.startsWith("echo ")) {
        context
            .writeAndFlush(Unpooled.copiedBuffer(text.substring(5), StandardCharsets.UTF_8))
            .addListener(done -> stream.shutdownOutput());
      } else if (text.startsWith("bulk ")) {
        context
            .writeAndFlush(Unpooled.wrappedBuffer(bulk(Integer.parseInt(text.substring(5)))))
            .addListener(done -> stream.shutdownOutput());
      } else {
        context.channel().attr(COUNT).set(text.length());
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent
          || event instanceof ChannelInputShutdownReadComplete) {
        Integer count = context.channel().attr(COUNT).getAndSet(null);
        if (count != null) {
          context.writeAndFlush(Unpooled.copiedBuffer(count.toString(), StandardCharsets.UTF_8));
          ((DuplexChannel) context.channel()).shutdownOutput();
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  static final io.netty.util.AttributeKey<Integer> COUNT =
      io.netty.util.AttributeKey.valueOf("count");

  /** May change, drop or add what a path carries; both directions on the desktop's loop. */
  interface Middle {
    /** A frame on its way; false swallows it. Takes no reference. */
    boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path);
  }

  /** Remembers everything the desktop said. */
  static final class Recorder implements Middle {
    final List<Bytes> fromDesktop = new CopyOnWriteArrayList<>();

    @Override
    public boolean passes(ByteBuf frame, boolean desktop, MemoryPath path) {
      if (desktop) {
        fromDesktop.add(Bytes.of(frame.nioBuffer()));
      }
      return true;
    }
  }

  /** Counts the bytes of data frames that a path brings the desktop. */
  static final class Counter implements Middle {
    final AtomicLong toDesktop = new AtomicLong();

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      if (!fromDesktop && frame.getByte(frame.readerIndex()) == PathFrameCodec.DATA) {
        toDesktop.addAndGet(frame.readableBytes());
      }
      return true;
    }
  }

  /** Answers the challenge with a key of her own instead of the desktop's. */
  static final class ForgingMiddle implements Middle {
    private final Identity key = Identity.generate(new SecureRandom());
    private final NodeId provesTo;
    private @Nullable Bytes nonce;

    ForgingMiddle(NodeId provesTo) {
      this.provesTo = provesTo;
    }

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      try {
        if (frame.getByte(frame.readerIndex()) == PathFrameCodec.DATA) {
          return true;
        }
        PathFrame seen = PathFrameCodec.decode(frame.nioBuffer());
        if (seen instanceof PathFrame.Challenge challenge) {
          nonce = challenge.nonce();
        }
        if (seen instanceof PathFrame.Attach attach && nonce != null) {
          TransportKind kind = attach.transport();
          PathFrame forged =
              new PathFrame.Attach(
                  key.nodeId(), kind, key.sign(PathFrame.attachProof(provesTo, nonce, kind)));
          path.toEgress(Unpooled.wrappedBuffer(PathFrameCodec.encode(forged).toArray()));
          return false;
        }
        return true;
      } catch (MalformedBytesException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /** Drops, repeats and damages data frames. */
  static final class Vandal implements Middle {
    private final Random random;

    Vandal(long seed) {
      random = new Random(seed);
    }

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      int first = frame.readerIndex();
      if (frame.getByte(first) != PathFrameCodec.DATA || frame.readableBytes() < 40) {
        return true;
      }
      int dice = random.nextInt(100);
      if (dice < 2) {
        return false;
      }
      if (dice < 4) {
        ByteBuf again = frame.copy();
        if (fromDesktop) {
          path.toEgress(again);
        } else {
          path.toDesktop(again);
        }
      } else if (dice < 6) {
        ByteBuf damaged = frame.copy();
        damaged.setByte(first + 20, damaged.getByte(first + 20) ^ 0x40);
        if (fromDesktop) {
          path.toEgress(damaged);
        } else {
          path.toDesktop(damaged);
        }
        return false;
      }
      return true;
    }
  }

  /** A path in memory: two links back to back, with somebody in the middle. */
  final class MemoryPath {
    private final Middle middle;
    private final PathHandle egressSide;
    private @Nullable PathHandle desktopSide;
    private volatile boolean cut;
    private volatile boolean ended;

    /** The desktop found that it carries nothing. */
    volatile boolean givenUp;

    MemoryPath(SessionServer server, String label, Middle middle) {
      this.middle = middle;
      egressSide =
          server.addPath(
              link(frame -> carry(frame, false), () -> closed("closed by the egress")), label);
    }

    void toEgress(ByteBuf frame) {
      egressSide.frame(frame);
    }

    void toDesktop(ByteBuf frame) {
      if (desktopSide != null) {
        desktopSide.frame(frame);
      } else {
        frame.release();
      }
    }

    void cutSilently() {
      cut = true;
    }

    void closeAtTheEgress() {
      cut = true;
      egressSide.closed("gone");
    }

    void closeAtBothEnds() {
      closeAtTheEgress();
      closed("gone");
    }

    private void carry(ByteBuf frame, boolean fromDesktop) {
      desktopLoop.execute(
          () -> {
            if (cut || ended || !middle.passes(frame, fromDesktop, this)) {
              frame.release();
            } else if (fromDesktop) {
              toEgress(frame);
            } else {
              toDesktop(frame);
            }
          });
    }

    private void closed(String why) {
      desktopLoop.execute(
          () -> {
            ended = true;
            if (desktopSide != null) {
              desktopSide.closed(why);
            }
          });
    }
  }

  static PathLink link(java.util.function.Consumer<ByteBuf> sink, Runnable onClose) {
    return link(sink, onClose, onClose);
  }

  static PathLink link(
      java.util.function.Consumer<ByteBuf> sink, Runnable onClose, Runnable onGiveUp) {
    return new PathLink() {
      @Override
      public boolean send(ByteBuf frame) {
        sink.accept(frame);
        return true;
      }

      @Override
      public int maxFrameBytes() {
        return FRAME;
      }

      @Override
      public int datagramBytes() {
        return FRAME;
      }

      @Override
      public void close() {
        onClose.run();
      }

      @Override
      public void giveUp(String why) {
        onGiveUp.run();
      }
    };
  }

  /** A path that Mallory opened herself. */
  static final class MalloryPath {
    final List<Bytes> heard = new CopyOnWriteArrayList<>();
    final CompletableFuture<Boolean> closed = new CompletableFuture<>();
    private final PathHandle handle;

    MalloryPath(SessionServer server) {
      handle =
          server.addPath(
              link(
                  frame -> {
                    heard.add(Bytes.of(frame.nioBuffer()));
                    frame.release();
                  },
                  () -> closed.complete(true)),
              "mallory");
    }

    void say(Bytes frame) {
      handle.frame(Unpooled.wrappedBuffer(frame.toArray()));
    }
  }

  /** Counts and hashes what comes down a stream. */
  static final class Download extends ChannelInboundHandlerAdapter {
    private final MessageDigest digest;
    private final CompletableFuture<String> whole = new CompletableFuture<>();
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private volatile long mark = Long.MAX_VALUE;
    private long got;

    Download() throws Exception {
      digest = MessageDigest.getInstance("SHA-256");
    }

    CompletableFuture<Void> reached(long bytes) {
      mark = bytes;
      return reached;
    }

    CompletableFuture<String> sha256() {
      return whole;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      got += bytes.readableBytes();
      digest.update(bytes.nioBuffer());
      bytes.release();
      if (got >= mark) {
        reached.complete(null);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownReadComplete) {
        whole.complete(HexFormat.of().formatHex(digest.digest()));
      }
    }
  }

  /** A desktop with one session. */
  final class Desktop implements ClientSessionListener {
    final CompletableFuture<Void> ready = new CompletableFuture<>();
    final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
    private final List<PathSnapshot> changes = new CopyOnWriteArrayList<>();
    private final ClientSession session;

    Desktop(NodeId pin) throws Exception {
      this(pin, false);
    }

    Desktop(NodeId pin, boolean bonded) throws Exception {
      this(pin, bonded, transports());
    }

    Desktop(NodeId pin, boolean bonded, Set<TransportKind> transports) throws Exception {
      session =
          onLoop(
              () ->
                  ClientSession.open(
                      desktopLoop,
                      new ClientSessionConfig(pin, 1200, FRAME, bonded, transports),
                      this));
      desktops.add(this);
    }

    MemoryPath path(SessionServer server, String label) throws Exception {
      return path(server, label, (frame, fromDesktop, path) -> true);
    }

    MemoryPath path(SessionServer server, String label, Middle middle) throws Exception {
      return onLoop(
          () -> {
            MemoryPath made = new MemoryPath(server, label, middle);
            made.desktopSide =
                session.addPath(
                    link(frame -> made.carry(frame, true), () -> {}, () -> made.givenUp = true),
                    label);
            return made;
          });
    }

    void bond() throws Exception {
      onLoop(
          () -> {
            session.bond();
            return true;
          });
    }

    CompletableFuture<String> ask(String request) throws Exception {
      CompletableFuture<String> answer = new CompletableFuture<>();
      StringBuilder text = new StringBuilder();
      open(
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
              ByteBuf bytes = (ByteBuf) message;
              text.append(bytes.toString(StandardCharsets.UTF_8));
              bytes.release();
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
              if (event instanceof ChannelInputShutdownReadComplete) {
                answer.complete(text.toString());
              }
            }
          },
          request);
      return answer;
    }

    Download download(int size) throws Exception {
      Download download = new Download();
      open(download, "bulk " + size);
      return download;
    }

    private void open(ChannelHandler handler, String request) throws Exception {
      DuplexChannel stream = onLoop(() -> session.openStream(handler)).get(30, TimeUnit.SECONDS);
      stream
          .writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.UTF_8))
          .addListener(done -> stream.shutdownOutput());
    }

    void await(String label, PathState state) {
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (changes.stream().noneMatch(p -> p.label().equals(label) && p.state() == state)) {
        assertThat(System.nanoTime())
            .as("%s becomes %s: %s", label, state, changes)
            .isLessThan(deadline);
        Thread.onSpinWait();
      }
    }

    @Override
    public void ready(TransportKind transport) {
      ready.complete(null);
    }

    @Override
    public void pathChanged(PathSnapshot path, String why) {
      changes.add(path);
    }

    @Override
    public void ended(SessionEnd end) {
      ended.complete(end);
    }
  }

  <T> T onLoop(Callable<T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    desktopLoop.execute(
        () -> {
          try {
            result.complete(action.call());
          } catch (Exception wrong) {
            result.completeExceptionally(wrong);
          }
        });
    return result.get(30, TimeUnit.SECONDS);
  }
}
