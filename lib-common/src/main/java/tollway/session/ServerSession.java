// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * The egress's end of one session. Paths attach to it by the session key; inside the encryption the
 * desktop states the same key on stream 0, and until it has, no other stream is served: a volunteer
 * that put a key of its own into the attachment is found out here. On its own loop.
 */
final class ServerSession {
  private static final Logger log = LoggerFactory.getLogger(ServerSession.class);

  /** A session without any path is kept so long for one to come back. */
  private static final Duration WITHOUT_PATHS = Duration.ofSeconds(90);

  /** A session whose desktop has not stated its key by then is nobody's. */
  private static final Duration UNSTATED = Duration.ofSeconds(20);

  private static final int WRONG_KEY_ERROR = 0x11;

  private final NettyEventLoop loop;
  private final NodeId key;
  private final ChannelHandler streamHandler;
  private final Owner owner;
  private final PacketSizeAllocator packetSizes;
  private final PathSet paths;
  private final VirtualDatagramChannel datagrams;
  private @Nullable QuicChannel quic;
  private @Nullable Timer abandoned;
  private boolean stated;
  private boolean ended;

  /** Who keeps sessions; told each of these once, on {@code loop}. */
  interface Owner {
    /** The desktop has stated its key: it is nobody else's session. */
    void stated(ServerSession session);

    void ended(ServerSession session);
  }

  /** Not on the loop: {@link #start} is. */
  ServerSession(
      NettyEventLoop loop,
      NodeId key,
      SessionServerConfig config,
      ChannelHandler streamHandler,
      Owner owner) {
    this.loop = loop;
    this.key = key;
    this.streamHandler = streamHandler;
    this.owner = owner;
    packetSizes = new PacketSizeAllocator(ClientSessionConfig.LEAST_PACKET);
    paths =
        new PathSet(loop, false, false, PathTuning.DEFAULT, config.packetSize(), new PathEvents());
    datagrams =
        new VirtualDatagramChannel(
            VirtualDatagramChannel.EGRESS,
            VirtualDatagramChannel.DESKTOP,
            new PacketBatch(PooledByteBufAllocator.DEFAULT, config.frameSize(), paths::send));
  }

  void start(QuicSslContext tls, SessionServerConfig config) {
    loop.checkInLoop();
    QuicServerCodecBuilder builder =
        new QuicServerCodecBuilder()
            .sslContext(tls)
            .initialMaxStreamsBidirectional(QuicLimits.STREAMS)
            // The attachment has proved the address: no Retry (RFC 9000 §8.1.2) is needed.
            .tokenHandler(null)
            .option(ChannelOption.ALLOCATOR, packetSizes)
            .handler(new ConnectionEvents())
            .streamHandler(new StreamGate());
    datagrams.pipeline().addLast(QuicLimits.apply(builder, config.packetSize()).build());
    datagrams.registerOn(loop);
    loop.schedule(
        UNSTATED,
        () -> {
          if (!stated) {
            end("nobody stated its key");
          }
        });
  }

  NettyEventLoop loop() {
    return loop;
  }

  NodeId key() {
    return key;
  }

  int pathCount() {
    return paths.size();
  }

  boolean ended() {
    return ended;
  }

  AttachedPath attach(PathLink link, String label) {
    loop.checkInLoop();
    AttachedPath path = paths.add(link, label);
    path.send(Unpooled.wrappedBuffer(PathFrameCodec.encode(new PathFrame.Attached()).toArray()));
    paths.attached(path);
    return path;
  }

  void receive(AttachedPath path, ByteBuf frame) {
    paths.receive(path, frame);
  }

  void lost(AttachedPath path, String why) {
    paths.lost(path, why);
  }

  SessionSnapshot snapshot() {
    loop.checkInLoop();
    return new SessionSnapshot(stated, paths.snapshot());
  }

  void end(String why) {
    loop.checkInLoop();
    if (ended) {
      return;
    }
    ended = true;
    log.debug("a session ended: {}", why);
    if (abandoned != null) {
      abandoned.cancel();
    }
    QuicChannel connection = quic;
    if (connection != null) {
      connection.close();
    }
    // In the next turn, so that the close frame still finds a path.
    loop.execute(
        () -> {
          paths.close(why);
          datagrams.close();
          owner.ended(this);
        });
  }

  private final class PathEvents implements PathSet.Owner {
    @Override
    public void packet(ByteBuf packet) {
      datagrams.receive(packet);
    }

    @Override
    public void changed(AttachedPath path, String why) {
      if (ended) {
        return;
      }
      if (paths.hasUsablePath()) {
        if (abandoned != null) {
          abandoned.cancel();
          abandoned = null;
        }
      } else if (abandoned == null) {
        abandoned = loop.schedule(WITHOUT_PATHS, () -> end("no path came back"));
      }
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

  private final class ConnectionEvents extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true; // One per session, but the codec asks for every connection it accepts.
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      if (quic == null && context.channel() instanceof QuicChannel first) {
        quic = first;
      } else {
        context.close(); // One session, one connection.
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == quic) {
        end("the desktop closed the connection");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.debug("a session's connection failed: {}", cause.toString());
      context.close();
    }
  }

  /** Stream 0 is for control; the others are the owner's, once the key was stated. */
  private final class StreamGate extends ChannelInitializer<QuicStreamChannel> {
    @Override
    protected void initChannel(QuicStreamChannel stream) {
      if (stream.streamId() == 0) {
        stream.pipeline().addLast(new KeyStatement());
      } else if (stated) {
        stream.pipeline().addLast(streamHandler);
      } else {
        stream.close();
        end("a stream came before the key was stated");
      }
    }

    @Override
    public boolean isSharable() {
      return true;
    }
  }

  private final class KeyStatement extends SimpleChannelInboundHandler<ByteBuf> {
    private Bytes read = Bytes.EMPTY;

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      if (stated) {
        return; // Signs of life.
      }
      if (read.size() + bytes.readableBytes() > NodeId.SIZE) {
        end("the control stream says too much");
        return;
      }
      read = read.plus(Bytes.of(bytes.nioBuffer()));
      if (read.size() < NodeId.SIZE) {
        return;
      }
      if (read.equals(key.key())) {
        stated = true;
        owner.stated(ServerSession.this);
        context.writeAndFlush(Unpooled.buffer(1).writeByte(1));
      } else {
        // Somebody on the way attached with a key of its own.
        if (quic != null) {
          quic.close(true, WRONG_KEY_ERROR, Unpooled.EMPTY_BUFFER);
        }
        end("the desktop's key is not the key of the attachment");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
