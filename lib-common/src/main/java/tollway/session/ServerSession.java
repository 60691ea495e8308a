// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * The egress's end of one session. Paths attach to it by the session key; inside the encryption the
 * desktop states the same key on the first stream, and until it has, no other stream is served: a
 * volunteer that put a key of its own into the attachment is found out here. On its own loop.
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
  private final TransportKind kind;
  private final ChannelHandler streamHandler;
  private final Owner owner;
  private final PathSet paths;
  private final VirtualDatagramChannel datagrams;
  private @Nullable Transport transport;
  private @Nullable Timer abandoned;

  /** Cancelled as soon as it can be: it holds the whole session. */
  private @Nullable Timer unstated;

  private boolean stated;
  private boolean ended;

  /** Makes what the session runs over. */
  interface Transports {
    Transport make(NettyEventLoop loop, VirtualDatagramChannel datagrams, Transport.Owner events);
  }

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
      TransportKind kind,
      SessionServerConfig config,
      ChannelHandler streamHandler,
      Owner owner) {
    this.loop = loop;
    this.key = key;
    this.kind = kind;
    this.streamHandler = streamHandler;
    this.owner = owner;
    paths =
        new PathSet(loop, false, false, PathTuning.DEFAULT, config.packetSize(), new PathEvents());
    datagrams =
        new VirtualDatagramChannel(
            VirtualDatagramChannel.EGRESS,
            VirtualDatagramChannel.DESKTOP,
            new PacketBatch(PooledByteBufAllocator.DEFAULT, config.frameSize(), paths::send));
  }

  /** Begins to run over what {@code transports} makes. */
  void start(Transports transports) {
    loop.checkInLoop();
    transport = transports.make(loop, datagrams, new TransportEvents());
    unstated = loop.schedule(UNSTATED, () -> end("nobody stated its key"));
  }

  NettyEventLoop loop() {
    return loop;
  }

  NodeId key() {
    return key;
  }

  TransportKind kind() {
    return kind;
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
    end(why, 0);
  }

  private void end(String why, int error) {
    loop.checkInLoop();
    if (ended) {
      return;
    }
    ended = true;
    log.debug("a session ended: {}", why);
    if (abandoned != null) {
      abandoned.cancel();
    }
    if (unstated != null) {
      unstated.cancel();
    }
    if (transport != null) {
      transport.close(error);
    }
    // In the next turn, so that the farewell still finds a path.
    loop.execute(
        () -> {
          paths.close(why);
          datagrams.end();
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
      if (transport != null) {
        transport.packetLimit(bytes);
      }
    }

    @Override
    public long decrypted() {
      return transport == null ? 0 : transport.decrypted();
    }
  }

  /** The first stream is for control; the others are the owner's, once the key was stated. */
  private final class TransportEvents implements Transport.Owner {
    @Override
    public void connected() {
      // The desktop speaks first.
    }

    @Override
    public void opened(DuplexChannel stream, boolean first) {
      if (first) {
        stream.pipeline().addLast(new KeyStatement());
      } else if (stated) {
        stream.pipeline().addLast(streamHandler);
      } else {
        stream.close();
        end("a stream came before the key was stated");
      }
    }

    @Override
    public void ended(SessionEnd why) {
      end(why.text());
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
        Objects.requireNonNull(unstated).cancel();
        owner.stated(ServerSession.this);
        context.writeAndFlush(Unpooled.buffer(1).writeByte(1));
      } else {
        // Somebody on the way attached with a key of its own.
        end("the desktop's key is not the key of the attachment", WRONG_KEY_ERROR);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
