// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * The desktop's end of a session: a QUIC connection with the pinned egress over whatever paths its
 * owner adds. Its key is made for this one session and named in every proof of attachment. Every
 * method and callback is on the loop it was opened with.
 */
public final class ClientSession {
  /** Why a path is dead when the egress behind it has another identity than the pinned one. */
  public static final String NOT_PINNED = PathFrame.Reason.BAD_PROOF.text();

  private static final int CONNECT_TIMEOUT_MILLIS = 15_000;

  private final NettyEventLoop loop;
  private final ClientSessionConfig config;
  private final ClientSessionListener listener;
  private final Identity key = Identity.generate(new SecureRandom());
  private final PinnedTrust trust;
  private final PacketSizeAllocator packetSizes;
  private final PathSet paths;
  private final VirtualDatagramChannel datagrams;
  private @Nullable QuicChannel quic;
  private boolean connecting;
  private boolean ready;
  private boolean ended;
  private @Nullable Timer keepAlive;

  private ClientSession(
      NettyEventLoop loop, ClientSessionConfig config, ClientSessionListener listener) {
    this.loop = loop;
    this.config = config;
    this.listener = listener;
    trust = new PinnedTrust(config.egress());
    packetSizes = new PacketSizeAllocator(ClientSessionConfig.LEAST_PACKET);
    paths =
        new PathSet(
            loop, true, config.bonded(), PathTuning.DEFAULT, config.packetSize(), new PathEvents());
    datagrams =
        new VirtualDatagramChannel(
            VirtualDatagramChannel.DESKTOP,
            VirtualDatagramChannel.EGRESS,
            new PacketBatch(
                io.netty.buffer.PooledByteBufAllocator.DEFAULT, config.frameSize(), paths::send));
  }

  /** A session without paths; QUIC starts when the first one is attached. */
  public static ClientSession open(
      NettyEventLoop loop, ClientSessionConfig config, ClientSessionListener listener) {
    loop.checkInLoop();
    ClientSession session = new ClientSession(loop, config, listener);
    session.datagrams.pipeline().addLast(session.clientCodec());
    session.datagrams.registerOn(loop);
    return session;
  }

  /** Adds a link whose frames the returned handle is told of. */
  public PathHandle addPath(PathLink link, String label) {
    loop.checkInLoop();
    if (ended) {
      link.close();
    }
    return new ClientPath(paths.add(link, label));
  }

  /** Opens a stream to the egress; fails when the session is not ready. */
  public Future<QuicStreamChannel> openStream(ChannelHandler handler) {
    loop.checkInLoop();
    QuicChannel connected = quic;
    if (!ready || connected == null) {
      return loop.netty().newFailedFuture(new IllegalStateException("the session is not ready"));
    }
    return connected.createStream(QuicStreamType.BIDIRECTIONAL, handler);
  }

  /** To the egress and back; empty while unknown. */
  public Optional<Duration> roundTrip() {
    loop.checkInLoop();
    return paths.roundTrip();
  }

  public SessionSnapshot snapshot() {
    loop.checkInLoop();
    return new SessionSnapshot(ready, paths.snapshot());
  }

  /** Closes the connection and every path. */
  public void close() {
    loop.checkInLoop();
    end(new SessionEnd(SessionEnd.Cause.CLOSED, "closed"));
  }

  private ChannelHandler clientCodec() {
    QuicClientCodecBuilder builder =
        new QuicClientCodecBuilder()
            .sslContext(
                QuicSslContextBuilder.forClient()
                    .trustManager(trust)
                    .applicationProtocols(QuicLimits.PROTOCOL)
                    .build());
    return QuicLimits.apply(builder, config.packetSize()).build();
  }

  private void connect() {
    connecting = true;
    QuicChannel.newBootstrap(datagrams)
        .handler(new ConnectionEvents())
        // The egress opens no streams: its limit is zero.
        .streamHandler(new ChannelInboundHandlerAdapter())
        .remoteAddress(VirtualDatagramChannel.EGRESS)
        .option(io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(io.netty.channel.ChannelOption.ALLOCATOR, packetSizes)
        .connect()
        .addListener(
            (Future<QuicChannel> done) -> {
              if (done.isSuccess()) {
                quic = done.getNow();
                stateOurKey(done.getNow());
              } else if (trust.mismatched()) {
                end(SessionEnd.wrongPin());
              } else {
                end(
                    new SessionEnd(
                        SessionEnd.Cause.LOST, "no QUIC connection: " + done.cause().getMessage()));
              }
            });
  }

  /** Stream 0 says inside the encryption which key may attach paths: see ServerSession. */
  private void stateOurKey(QuicChannel connection) {
    connection
        .createStream(QuicStreamType.BIDIRECTIONAL, new ControlAnswer())
        .addListener(
            (Future<QuicStreamChannel> opened) -> {
              if (opened.isSuccess()) {
                ByteBuf statement = Unpooled.wrappedBuffer(key.nodeId().key().toArray());
                opened.getNow().writeAndFlush(statement);
                keepAlive = loop.every(QuicLimits.KEEP_ALIVE, () -> stayAlive(opened.getNow()));
              } else {
                end(new SessionEnd(SessionEnd.Cause.REFUSED, "the egress took no control stream"));
              }
            });
  }

  /** One byte on the control stream, and its acknowledgement: neither end takes us for gone. */
  private void stayAlive(QuicStreamChannel control) {
    if (ready && !ended) {
      control.writeAndFlush(Unpooled.buffer(1).writeByte(0));
    }
  }

  private void end(SessionEnd why) {
    if (ended) {
      return;
    }
    ended = true;
    if (keepAlive != null) {
      keepAlive.cancel();
    }
    ready = false;
    QuicChannel connection = quic;
    if (connection != null) {
      // Gives the close frame one flight; then the paths go.
      connection
          .close(true, 0, Unpooled.EMPTY_BUFFER)
          .addListener(done -> loop.netty().schedule(() -> finish(why), 20, TimeUnit.MILLISECONDS));
    } else {
      finish(why);
    }
  }

  private void finish(SessionEnd why) {
    paths.close(why.text());
    datagrams.close();
    listener.ended(why);
  }

  private final class PathEvents implements PathSet.Owner {
    @Override
    public void packet(ByteBuf packet) {
      datagrams.receive(packet);
    }

    @Override
    public void changed(AttachedPath path, String why) {
      if (path.state == PathState.ACTIVE && !connecting && !ended) {
        connect();
      }
      listener.pathChanged(path.snapshot(), why);
    }

    @Override
    public void packetLimit(int bytes) {
      packetSizes.limit(bytes);
    }

    @Override
    public long decrypted() {
      return Progress.decrypted(quic);
    }
  }

  /** The connection as a whole: tells us when it ends. */
  private final class ConnectionEvents extends ChannelInboundHandlerAdapter {
    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (quic != null) {
        end(new SessionEnd(SessionEnd.Cause.LOST, "the connection to the egress has ended"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** One byte on stream 0: the egress knows our key. */
  private final class ControlAnswer extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf answer) {
      if (!ready && !ended && answer.isReadable()) {
        ready = true;
        listener.ready();
      }
    }
  }

  /**
   * Before the path is attached the challenge is answered, as often as it is put; afterwards the
   * set takes over. Words get lost: whatever else comes means that the proof was accepted.
   */
  private final class ClientPath implements PathHandle {
    private final AttachedPath path;

    ClientPath(AttachedPath path) {
      this.path = path;
    }

    @Override
    public void frame(ByteBuf frame) {
      loop.checkInLoop();
      boolean taken = false;
      try {
        taken = path.state == PathState.PROBING && attach(frame);
      } catch (MalformedBytesException wrong) {
        paths.lost(path, "malformed frame: " + wrong.getMessage());
      }
      if (taken) {
        frame.release();
      } else {
        paths.receive(path, frame);
      }
    }

    @Override
    public void closed(String why) {
      loop.checkInLoop();
      paths.lost(path, why);
    }

    /** True: the frame was about the attachment. */
    private boolean attach(ByteBuf bytes) throws MalformedBytesException {
      if (!bytes.isReadable() || DataFrames.isData(bytes)) {
        paths.attached(path);
        return false;
      }
      PathFrame frame = PathFrameCodec.decode(bytes.nioBuffer());
      if (frame instanceof PathFrame.Challenge challenge) {
        PathFrame.Attach proof =
            new PathFrame.Attach(
                key.nodeId(), key.sign(PathFrame.attachProof(config.egress(), challenge.nonce())));
        path.send(Unpooled.wrappedBuffer(PathFrameCodec.encode(proof).toArray()));
      } else if (frame instanceof PathFrame.Attached) {
        paths.attached(path);
      } else if (frame instanceof PathFrame.Refused refused) {
        paths.lost(path, refused.reason().text());
      } else {
        paths.attached(path);
        return false;
      }
      return true;
    }
  }
}
