// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * The desktop's end of a session: a connection with the pinned egress over whatever paths its owner
 * adds. Its key is made for this one session and named in every proof of attachment. Every method
 * and callback is on the loop it was opened with.
 */
public final class ClientSession {
  /** Why a path is dead when the egress behind it has another identity than the pinned one. */
  public static final String NOT_PINNED = PathFrame.Reason.BAD_PROOF.text();

  /** A session in which nothing is asked lives on: three of these may be lost. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  private final NettyEventLoop loop;
  private final ClientSessionConfig config;
  private final ClientSessionListener listener;
  private final Identity key = Identity.generate(new SecureRandom());
  private final PinnedTrust trust;
  private final PathSet paths;
  private final VirtualDatagramChannel datagrams;

  /** What every path of the session says that it runs over. */
  private @Nullable TransportKind chosen;

  private @Nullable Transport transport;
  private int packetLimit = ClientSessionConfig.LEAST_PACKET;
  private boolean ready;
  private boolean ended;
  private @Nullable Timer keepAlive;

  private ClientSession(
      NettyEventLoop loop, ClientSessionConfig config, ClientSessionListener listener) {
    this.loop = loop;
    this.config = config;
    this.listener = listener;
    trust = new PinnedTrust(config.egress());
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

  /** A session without paths; it connects when the first one is attached. */
  public static ClientSession open(
      NettyEventLoop loop, ClientSessionConfig config, ClientSessionListener listener) {
    loop.checkInLoop();
    return new ClientSession(loop, config, listener);
  }

  /** Adds a link whose frames the returned handle is told of. */
  public PathHandle addPath(PathLink link, String label) {
    loop.checkInLoop();
    if (ended) {
      link.close();
    }
    return new ClientPath(paths.add(link, label));
  }

  /** From now on packets are spread over all paths, as if it had been opened so. */
  public void bond() {
    loop.checkInLoop();
    if (!ended) {
      paths.bond();
    }
  }

  /** Opens a stream to the egress; fails when the session is not ready. */
  public Future<DuplexChannel> openStream(ChannelHandler handler) {
    loop.checkInLoop();
    Transport connected = transport;
    if (!ready || connected == null) {
      return loop.netty().newFailedFuture(new IllegalStateException("the session is not ready"));
    }
    return connected.openStream(handler);
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

  /** Begins with what both ends know, as the proof of the first path said. */
  private void connect() {
    TransportKind kind = chosen();
    TransportEvents events = new TransportEvents();
    transport =
        kind == TransportKind.QUIC
            ? new QuicClient(loop, datagrams, trust, config.packetSize(), packetLimit, events)
            : DtlsTransport.client(loop, datagrams, trust, events);
  }

  private TransportKind chosen() {
    TransportKind kind = chosen;
    // A volunteer may forge what makes a path look attached before the egress has asked anything.
    return kind == null ? config.transports().iterator().next() : kind;
  }

  /** The first stream says inside the encryption which key may attach paths: see ServerSession. */
  private void stateOurKey(Transport connected) {
    connected
        .openStream(new ControlAnswer())
        .addListener(
            (Future<DuplexChannel> opened) -> {
              if (opened.isSuccess()) {
                ByteBuf statement = Unpooled.wrappedBuffer(key.nodeId().key().toArray());
                opened.getNow().writeAndFlush(statement);
                keepAlive = loop.every(KEEP_ALIVE, () -> stayAlive(opened.getNow()));
              } else {
                end(new SessionEnd(SessionEnd.Cause.REFUSED, "the egress took no control stream"));
              }
            });
  }

  /** One byte on the control stream, and its acknowledgement: neither end takes us for gone. */
  private void stayAlive(DuplexChannel control) {
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
    Transport connected = transport;
    if (connected != null) {
      // Gives the farewell one flight; then the paths go.
      connected
          .close(0)
          .addListener(done -> loop.netty().schedule(() -> finish(why), 20, TimeUnit.MILLISECONDS));
    } else {
      finish(why);
    }
  }

  private void finish(SessionEnd why) {
    paths.close(why.text());
    datagrams.end();
    listener.ended(why);
  }

  private final class PathEvents implements PathSet.Owner {
    @Override
    public void packet(ByteBuf packet) {
      datagrams.receive(packet);
    }

    @Override
    public void changed(AttachedPath path, String why) {
      if (path.state == PathState.ACTIVE && transport == null && !ended) {
        connect();
      }
      listener.pathChanged(path.snapshot(), why);
    }

    @Override
    public void packetLimit(int bytes) {
      packetLimit = bytes;
      if (transport != null) {
        transport.packetLimit(bytes);
      }
    }

    @Override
    public long decrypted() {
      return transport == null ? 0 : transport.decrypted();
    }
  }

  private final class TransportEvents implements Transport.Owner {
    @Override
    public void connected() {
      if (transport != null && !ended) {
        stateOurKey(transport);
      }
    }

    @Override
    public void opened(DuplexChannel stream, boolean first) {
      stream.close(); // The egress opens none.
    }

    @Override
    public void ended(SessionEnd why) {
      end(why);
    }
  }

  /** One byte on the first stream: the egress knows our key. */
  private final class ControlAnswer extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf answer) {
      if (!ready && !ended && answer.isReadable()) {
        ready = true;
        listener.ready(chosen());
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
        prove(challenge);
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

    private void prove(PathFrame.Challenge challenge) {
      if (chosen == null) {
        chosen = TransportKind.best(config.transports(), challenge.transports()).orElse(null);
      }
      TransportKind kind = chosen;
      if (kind == null) {
        paths.lost(path, PathFrame.Reason.NO_TRANSPORT.text());
        return;
      }
      Bytes proof = PathFrame.attachProof(config.egress(), challenge.nonce(), kind);
      PathFrame.Attach attach = new PathFrame.Attach(key.nodeId(), kind, key.sign(proof));
      path.send(Unpooled.wrappedBuffer(PathFrameCodec.encode(attach).toArray()));
    }
  }
}
