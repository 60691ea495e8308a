// SPDX-License-Identifier: Apache-2.0
package tollway.mux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.webrtc.dtls.DtlsCertificate;
import tollway.webrtc.dtls.DtlsListener;
import tollway.webrtc.dtls.DtlsSession;
import tollway.webrtc.dtls.PeerCheck;
import tollway.webrtc.sctp.SctpAssociation;
import tollway.webrtc.sctp.SctpConfig;
import tollway.webrtc.sctp.SctpListener;

/**
 * Streams between two ends that exchange datagrams, which somebody between them may lose, reorder,
 * repeat and forge: DTLS 1.2 authenticates each, SCTP (RFC 9260) puts messages in order on each of
 * its streams, and credit bounds what one end holds for the other. The client opens streams, up to
 * {@link SctpAssociation#MAX_STREAMS} at once. On one loop.
 */
public final class Multiplexer {
  /** Who uses it; told on its loop. */
  public interface Owner {
    /** Takes over a datagram for the other end. */
    void datagram(ByteBuf datagram);

    /** The other end is the one expected; streams can be opened. */
    void connected();

    /** The other end opened a stream that has no handlers yet. */
    void opened(DuplexChannel stream, int id);

    /** Once: it failed, or the other end ended it. Its streams are closed. */
    void closed(String why);
  }

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(15);

  /** Longer than any outage that is worth living through. */
  private static final Duration IDLE = Duration.ofMinutes(2);

  private static final Duration IDLE_CHECK = Duration.ofSeconds(15);

  private static final int PORT = 5000;

  /** A datagram has 37 bytes of DTLS around one of SCTP: what QUIC takes for granted, 1,200. */
  private static final int PACKET = 1160;

  private static final int SEND_BUFFER = 256 << 10;
  private static final int RECEIVE_BUFFER = 4 << 20;

  /** What all streams together may be granted beyond their first windows, in bytes. */
  private static final int MOST_GRANTED = 16 << 20;

  private final NettyEventLoop loop;
  private final Channel parent;
  private final boolean client;
  private final Owner owner;
  private final DtlsSession dtls;
  private final Timer idleCheck;
  private final IntObjectMap<MuxStream> streams = new IntObjectHashMap<>();
  private final Set<MuxStream> open = new HashSet<>();

  /** Of the client: numbers in use, by us or by what the server may still say. */
  private final BitSet taken = new BitSet();

  /** Of the server: numbers whose END found no room in the queue. */
  private final BitSet endsDue = new BitSet();

  private @Nullable SctpAssociation sctp;
  private boolean connected;
  private boolean closed;
  private int granted;
  private long heard;
  private long heardAt;

  private Multiplexer(
      NettyEventLoop loop,
      Channel parent,
      boolean client,
      DtlsCertificate own,
      PeerCheck expected,
      Owner owner) {
    this.loop = loop;
    this.parent = parent;
    this.client = client;
    this.owner = owner;
    heardAt = loop.nanoTime();
    idleCheck = loop.every(IDLE_CHECK, this::checkIdle);
    dtls =
        DtlsSession.start(
            loop,
            client ? DtlsSession.Role.CLIENT : DtlsSession.Role.SERVER,
            own,
            expected,
            HANDSHAKE_TIMEOUT,
            owner::datagram,
            new DtlsEvents());
  }

  /** The end that begins; streams will be children of {@code parent}. */
  public static Multiplexer client(
      NettyEventLoop loop, Channel parent, DtlsCertificate own, PeerCheck expected, Owner owner) {
    return new Multiplexer(loop, parent, true, own, expected, owner);
  }

  /** The end that waits. */
  public static Multiplexer server(
      NettyEventLoop loop, Channel parent, DtlsCertificate own, PeerCheck expected, Owner owner) {
    return new Multiplexer(loop, parent, false, own, expected, owner);
  }

  /** A datagram of the other end, lent for the call. Whatever it holds, nothing is thrown. */
  public void receive(ByteBuf datagram) {
    if (!connected) {
      heard++; // What the handshake makes of them is not known yet.
    }
    dtls.receive(datagram);
  }

  /** Datagrams that were the other end's: while shaking hands all, afterwards the genuine ones. */
  public long heard() {
    return heard;
  }

  /** Opens a stream; of the client only. */
  public Future<DuplexChannel> open(ChannelHandler handler) {
    loop.checkInLoop();
    SctpAssociation association = sctp;
    int id = taken.nextClearBit(0);
    if (!client || !connected || closed || association == null || id >= association.outStreams()) {
      return loop.netty().newFailedFuture(new IllegalStateException("no stream can be opened now"));
    }
    taken.set(id);
    MuxStream stream = add(id, true);
    stream.pipeline().addLast(handler);
    Promise<DuplexChannel> opened = loop.netty().newPromise();
    stream.registerOn(loop);
    stream.resume();
    return opened.setSuccess(stream);
  }

  /** Ends everything and tells the other end; nothing is called back. */
  public void close() {
    loop.checkInLoop();
    if (!closed) {
      end("closed");
    }
  }

  // ---- what streams need

  /** False: there is no room just now, and {@link MuxStream#resume} will be called. */
  boolean say(int stream, MuxMessage kind, ByteBuf payload) {
    SctpAssociation association = sctp;
    if (closed || association == null) {
      payload.release();
      return false;
    }
    return association.send(stream, kind.ppid(), true, -1, payload);
  }

  boolean say(int stream, MuxMessage kind) {
    return say(stream, kind, Unpooled.buffer(1).writeByte(0));
  }

  /** How much of {@code wanted} a stream may add to its window, in bytes. */
  int grant(int wanted) {
    int given = Math.min(wanted, MOST_GRANTED - granted);
    granted += given;
    return given;
  }

  /** The channel is closed; {@code grown} is what it was granted. */
  void left(MuxStream stream, int grown) {
    granted -= grown;
    open.remove(stream);
  }

  /** Both ends have said their last on this number. */
  void over(int id) {
    streams.remove(id);
    if (!client) {
      endsDue.set(id, !say(id, MuxMessage.END));
    }
  }

  void violation(String what) {
    fail("the other end broke the rules: " + what);
  }

  // ---- messages

  /** Takes over one message; the other end may say anything. */
  void message(int id, int ppid, ByteBuf message) {
    Optional<MuxMessage> kind = MuxMessage.of(ppid);
    MuxStream stream = streams.get(id);
    if (kind.isEmpty()) {
      message.release();
      violation("a message of an unknown kind");
    } else if (kind.get() == MuxMessage.OPEN) {
      message.release();
      if (client || stream != null) {
        violation("a stream that it may not open");
      } else {
        accept(id);
      }
    } else if (kind.get() == MuxMessage.END) {
      message.release();
      if (!client || stream != null) {
        violation("an end before the end");
      } else {
        taken.clear(id);
      }
    } else if (stream != null) {
      stream.message(kind.get(), message);
    } else {
      message.release(); // Credit for what we have said already.
    }
  }

  private void accept(int id) {
    MuxStream stream = add(id, false);
    stream.registerOn(loop); // Before its owner has it, who may close it.
    owner.opened(stream, id);
  }

  private MuxStream add(int id, boolean opener) {
    MuxStream stream = new MuxStream(parent, this, id, opener);
    streams.put(id, stream);
    open.add(stream);
    return stream;
  }

  // ---- the end

  private void checkIdle() {
    if (loop.nanoTime() - heardAt > IDLE.toNanos()) {
      fail("nothing was heard for " + IDLE.toSeconds() + " s");
    }
  }

  private void fail(String why) {
    if (!closed) {
      end(why);
      owner.closed(why);
    }
  }

  private void end(String why) {
    closed = true;
    idleCheck.cancel();
    List.copyOf(open).forEach(MuxStream::leave);
    streams.clear();
    if (sctp != null) {
      sctp.abort(why);
    }
    dtls.close();
  }

  private final class DtlsEvents implements DtlsListener {
    @Override
    public void connected() {
      SctpConfig limits =
          new SctpConfig(
              PORT, PORT, PACKET, List.of(), SEND_BUFFER, RECEIVE_BUFFER, MuxStream.MESSAGE);
      SctpAssociation association =
          new SctpAssociation(loop, limits, new SecureRandom(), dtls::send, new SctpEvents());
      sctp = association;
      association.connect();
    }

    @Override
    public void record(ByteBuf plaintext) {
      heard++;
      heardAt = loop.nanoTime();
      if (sctp != null) {
        sctp.receive(plaintext);
      }
    }

    @Override
    public void closed(String why) {
      fail(why);
    }
  }

  private final class SctpEvents implements SctpListener {
    @Override
    public void established() {
      connected = true;
      owner.connected();
    }

    @Override
    public void message(int stream, int ppid, ByteBuf message) {
      Multiplexer.this.message(stream, ppid, message);
    }

    @Override
    public void writable(int id) {
      MuxStream stream = streams.get(id);
      if (stream != null) {
        stream.resume();
      } else if (endsDue.get(id)) {
        endsDue.set(id, !say(id, MuxMessage.END));
      }
    }

    @Override
    public void peerReset(int stream) {
      violation("it reset a stream of SCTP");
    }

    @Override
    public void ownReset(int stream) {
      // We reset none.
    }

    @Override
    public void closed(String why) {
      fail(why);
    }
  }
}
