// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.webrtc.sctp.Chunk.Cause;
import tollway.webrtc.sctp.Chunk.Skip;
import tollway.webrtc.sctp.Chunk.Terms;

/**
 * An SCTP association with one peer over one authenticated path (RFC 9260, RFC 8831). Lives on one
 * loop.
 *
 * <pre>
 *         connect, then Handshake                  SHUTDOWN
 *   NEW ──────────────────────────▶ ESTABLISHED ─────────────▶ SHUTDOWN_RECEIVED
 *                                                                    │ all acknowledged
 *   CLOSED ◀──── SHUTDOWN COMPLETE ──── SHUTDOWN_ACK_SENT ◀──────────┘
 *
 *   any ── ABORT, abort(), close(), no answer, broken rules ──▶ CLOSED
 * </pre>
 */
public final class SctpAssociation {
  /** RFC 8831 §6.2 has up to 65,535; each costs us memory and nobody needs that many. */
  public static final int MAX_STREAMS = 1024;

  private enum State {
    NEW,
    ESTABLISHED,
    SHUTDOWN_RECEIVED,
    SHUTDOWN_ACK_SENT,
    CLOSED
  }

  /** RFC 9260 §6.2 allows 500 ms; shorter keeps the peer's timers tight. */
  private static final long SACK_DELAY = Duration.ofMillis(20).toNanos();

  private static final int MAX_SHUTDOWN_TRIES = 5;

  private final EventLoop loop;
  private final SctpConfig config;
  private final SctpListener listener;
  private final PacketWriter writer;
  private final RetransmitTimeout timeout = new RetransmitTimeout();
  private final Terms own;
  private final Handshake handshake;
  private final Reassembly reassembly;
  private final IntObjectMap<OutboundStream> streams = new IntObjectHashMap<>();
  private final PathProbe probe;
  private final Deadline sackDelay;
  private final Deadline shutdownTimer;
  private final Chunk.Visitor arrivals = new Arrivals();
  private final Runnable turn = this::turn;

  private State state = State.NEW;
  private boolean turnIsDue;
  private boolean sackIsOverdue;
  private int shutdownTries;
  private @Nullable Connected connected;

  /** What exists once the peer's terms are known. */
  private record Connected(Terms peer, Sender sender, Receiver receiver, StreamResets resets) {}

  public SctpAssociation(
      EventLoop loop,
      SctpConfig config,
      SecureRandom random,
      PacketSink sink,
      SctpListener listener) {
    this(
        loop,
        config,
        random,
        sink,
        listener,
        ByteBufAllocator.DEFAULT,
        nonZero(random),
        random.nextInt());
  }

  SctpAssociation(
      EventLoop loop,
      SctpConfig config,
      SecureRandom random,
      PacketSink sink,
      SctpListener listener,
      ByteBufAllocator allocator,
      int tag,
      int firstTsn) {
    this.loop = loop;
    this.config = config;
    this.listener = listener;
    int window = config.receiveBufferBytes();
    own = new Terms(tag, window, MAX_STREAMS, MAX_STREAMS, firstTsn, true, true);
    writer =
        new PacketWriter(sink, config.localPort(), config.remotePort(), config.basePacketBytes());
    handshake = new Handshake(loop, writer, own, timeout, random, new HandshakeOwner());
    reassembly = new Reassembly(allocator, window, config.maxMessageBytes(), this::deliver);
    probe = new PathProbe(loop, writer, random, this::packetLimitChanged);
    sackDelay = new Deadline(loop, this::onSackDelay);
    shutdownTimer = new Deadline(loop, this::sendShutdownAck);
  }

  private static int nonZero(SecureRandom random) {
    int tag = random.nextInt();
    return tag == 0 ? 1 : tag; // RFC 9260 §5.3.1
  }

  /** Begins; the peer does the same. */
  public void connect() {
    loop.checkInLoop();
    handshake.begin();
  }

  /**
   * Queues a message, which now belongs to the association.
   *
   * @param maxRetransmits 0 for datagrams, negative for until it arrives
   * @return false: dropped, for the queue is full or messages cannot flow
   */
  public boolean send(int stream, int ppid, boolean ordered, int maxRetransmits, ByteBuf data) {
    loop.checkInLoop();
    Connected now = connected;
    if (state != State.ESTABLISHED || now == null || stream >= outStreams() || !data.isReadable()) {
      data.release();
      return false;
    }
    // Without FORWARD TSN nothing can be given up (RFC 3758 §3.3.1).
    boolean lasting = maxRetransmits < 0 || !now.peer().forwardTsn();
    OutboundMessage message =
        new OutboundMessage(
            stream(stream),
            ppid,
            ordered,
            lasting ? OutboundMessage.UNTIL_IT_ARRIVES : maxRetransmits,
            data);
    if (!now.sender().offer(message)) {
      data.release();
      return false;
    }
    sendSoon();
    return true;
  }

  /** What waits on this stream to be handed to the network. */
  public int queuedBytes(int stream) {
    OutboundStream known = streams.get(stream);
    return known == null ? 0 : known.queuedBytes;
  }

  /** Whether at least half of the queue is free. */
  public boolean hasRoom() {
    Connected now = connected;
    return state == State.ESTABLISHED && now != null && now.sender().hasRoom();
  }

  /** How many streams the peer takes; 0 before it has said. */
  public int outStreams() {
    return connected == null ? 0 : Math.min(MAX_STREAMS, connected.peer().inStreams());
  }

  /** The smoothed round trip in nanoseconds; 0 when none was measured. */
  public long roundTripNanos() {
    return timeout.smoothed();
  }

  /** The SCTP packet size in use. */
  public int packetBytes() {
    return writer.limit();
  }

  /** Ends our sending on a stream once all that was queued has arrived (RFC 6525). */
  public void reset(int stream) {
    loop.checkInLoop();
    Connected now = connected;
    if (now == null || state != State.ESTABLISHED) {
      return;
    }
    if (now.peer().reconfig()) {
      now.resets().want(stream);
    } else {
      loop.execute(() -> ownReset(List.of(stream)));
    }
  }

  /** Ends the association at once and tells the peer; nothing is called back. */
  public void abort(String why) {
    loop.checkInLoop();
    if (connected != null && state != State.CLOSED) {
      writer.add(new Chunk.Abort(false, List.of(new Cause(Cause.USER_ABORT, Bytes.ofUtf8(why)))));
      writer.flush();
    }
    end();
  }

  /** A packet from the peer, lent for the call. Whatever it holds, nothing is thrown. */
  public void receive(ByteBuf packet) {
    if (state == State.CLOSED) {
      return;
    }
    SctpPacket decoded;
    try {
      decoded = SctpCodec.decode(packet);
    } catch (MalformedBytesException dropped) {
      return;
    }
    if (decoded.chunks().isEmpty() || !isForUs(decoded)) {
      return;
    }
    if (connected != null) {
      connected.receiver().beginPacket();
    }
    for (Chunk chunk : decoded.chunks()) {
      chunk.accept(arrivals);
      if (state == State.CLOSED) {
        return;
      }
    }
    if (connected != null && connected.receiver().owesSackNow()) {
      writeSack(connected.receiver());
    }
    writer.flush();
    sendSoon();
  }

  /** RFC 9260 §8.5. */
  private boolean isForUs(SctpPacket packet) {
    if (packet.sourcePort() != config.remotePort()
        || packet.destinationPort() != config.localPort()) {
      return false;
    }
    Chunk first = packet.chunks().get(0);
    if (first instanceof Chunk.Init) {
      return packet.tag() == 0 && packet.chunks().size() == 1;
    }
    boolean reflected =
        (first instanceof Chunk.Abort abort && abort.reflected())
            || (first instanceof Chunk.ShutdownComplete complete && complete.reflected());
    if (reflected) {
      return connected != null && packet.tag() == connected.peer().tag();
    }
    return packet.tag() == own.tag();
  }

  // ---- turns

  private void sendSoon() {
    if (!turnIsDue && state != State.CLOSED) {
      turnIsDue = true;
      loop.execute(turn);
    }
  }

  /** Sends what the packets read and the messages queued since the last turn have led to. */
  private void turn() {
    turnIsDue = false;
    Connected now = connected;
    if (now == null || state == State.CLOSED) {
      return;
    }
    settleSack(now);
    now.resets().write(writer, now.sender());
    boolean more = now.sender().pump();
    writer.flush();
    now.sender().offerRoom();
    if (state == State.SHUTDOWN_RECEIVED && now.sender().isIdle()) {
      state = State.SHUTDOWN_ACK_SENT;
      sendShutdownAck();
    }
    if (more) {
      sendSoon();
    }
  }

  /** A single packet without news waits a little for company (RFC 9260 §6.2). */
  private void settleSack(Connected now) {
    Receiver in = now.receiver();
    if (in.owesSackAtEndOfBatch() || (in.owesSack() && (sackIsOverdue || now.sender().isBusy()))) {
      writeSack(in);
    } else if (in.owesSack() && !sackDelay.isSet()) {
      sackDelay.setIn(SACK_DELAY);
    }
  }

  private void writeSack(Receiver in) {
    writer.add(in.sack());
    sackIsOverdue = false;
    sackDelay.clear();
  }

  private void onSackDelay() {
    sackIsOverdue = true;
    sendSoon();
  }

  /** The longest message that needs only one packet. */
  public int maxChunkPayload() {
    return writer.maxPayload();
  }

  private void packetLimitChanged() {
    if (connected != null) {
      connected.sender().packetLimitChanged();
    }
  }

  /** From the reassembly, message by message. */
  private void deliver(int stream, int ppid, ByteBuf message) {
    if (state == State.CLOSED) {
      message.release();
    } else {
      listener.message(stream, ppid, message);
    }
  }

  private OutboundStream stream(int id) {
    OutboundStream known = streams.get(id);
    if (known == null) {
      known = new OutboundStream(id);
      streams.put(id, known);
    }
    return known;
  }

  private void ownReset(List<Integer> ids) {
    for (int id : ids) {
      OutboundStream stream = streams.get(id);
      if (stream != null) {
        stream.restart();
      }
      if (state != State.CLOSED) {
        listener.ownReset(id);
      }
    }
  }

  // ---- the end

  /** RFC 9260 §9.2, the side that is asked. */
  private void sendShutdownAck() {
    if (shutdownTries++ == MAX_SHUTDOWN_TRIES) {
      fail("the peer shut the association down");
      return;
    }
    writer.add(new Chunk.ShutdownAck());
    writer.flush();
    shutdownTimer.setIn(timeout.nanos());
  }

  private void violation(String what) {
    writer.add(
        new Chunk.Abort(false, List.of(new Cause(Cause.PROTOCOL_VIOLATION, Bytes.ofUtf8(what)))));
    writer.flush();
    fail("the peer broke the rules of SCTP: " + what);
  }

  private void fail(String why) {
    if (state != State.CLOSED) {
      end();
      listener.closed(why);
    }
  }

  private void end() {
    state = State.CLOSED;
    handshake.close();
    probe.close();
    sackDelay.close();
    shutdownTimer.close();
    reassembly.clear();
    if (connected != null) {
      connected.sender().close();
      connected.resets().close();
    }
  }

  private final class HandshakeOwner implements Handshake.Owner {
    @Override
    public void agreed(Terms peer) {
      Sender sender =
          new Sender(
              loop,
              writer,
              own.firstTsn(),
              peer.window() & 0xffff_ffffL,
              config.sendBufferBytes(),
              timeout,
              new SenderOwner());
      StreamResets resets =
          new StreamResets(loop, timeout, own.firstTsn(), peer.firstTsn(), new ResetOwner());
      connected = new Connected(peer, sender, new Receiver(peer.firstTsn(), reassembly), resets);
      state = State.ESTABLISHED;
      writer.flush();
      probe.begin(config.packetSizesToTry());
      listener.established();
    }

    @Override
    public void failed(String why) {
      fail(why);
    }
  }

  private final class SenderOwner implements Sender.Owner {
    @Override
    public void sendSoon() {
      SctpAssociation.this.sendSoon();
    }

    @Override
    public void writable(OutboundStream stream) {
      listener.writable(stream.id);
    }

    @Override
    public void timedOut(int inARow) {
      probe.onTimeouts(inARow);
    }

    @Override
    public void unreachable() {
      fail("the peer stopped acknowledging");
    }
  }

  private final class ResetOwner implements StreamResets.Owner {
    @Override
    public void peerReset(List<Integer> ids) {
      // RFC 6525 §4.1: none named means all.
      List<Integer> affected = ids.isEmpty() ? reassembly.streams() : ids;
      for (int id : affected) {
        reassembly.restart(id);
        if (state != State.CLOSED) {
          listener.peerReset(id);
        }
      }
    }

    @Override
    public void ownReset(List<Integer> ids) {
      SctpAssociation.this.ownReset(ids);
    }

    @Override
    public void sendSoon() {
      SctpAssociation.this.sendSoon();
    }

    @Override
    public void unreachable() {
      fail("the peer does not answer a stream reset");
    }
  }

  /** What each kind of chunk leads to. */
  private final class Arrivals implements Chunk.Visitor {
    @Override
    public void data(Chunk.Data data) {
      if (connected == null || state == State.SHUTDOWN_ACK_SENT) {
        return;
      }
      if (data.stream() >= MAX_STREAMS) {
        violation("a stream beyond those we offered"); // RFC 9260 §6.5 lets us be milder.
      } else if (!connected.receiver().data(data) && state != State.CLOSED) {
        violation("fragments that do not fit, or a message larger than we take");
      }
    }

    @Override
    public void init(Chunk.Init init) {
      handshake.onInit(init);
    }

    @Override
    public void initAck(Chunk.InitAck ack) {
      handshake.onInitAck(ack);
    }

    @Override
    public void cookieEcho(Chunk.CookieEcho echo) {
      handshake.onCookieEcho(echo);
    }

    @Override
    public void cookieAck(Chunk.CookieAck ack) {
      handshake.onCookieAck();
    }

    @Override
    public void sack(Chunk.Sack sack) {
      if (connected != null) {
        connected.sender().onSack(sack);
      }
    }

    @Override
    public void forwardTsn(Chunk.ForwardTsn forward) {
      if (connected == null) {
        return;
      }
      List<Skip> known = forward.skips().stream().filter(s -> s.stream() < MAX_STREAMS).toList();
      connected.receiver().forward(new Chunk.ForwardTsn(forward.newCumulativeTsn(), known));
    }

    @Override
    public void reConfig(Chunk.ReConfig reConfig) {
      if (connected != null) {
        connected.resets().onReConfig(reConfig, connected.receiver().cumulativeTsn());
      }
    }

    @Override
    public void heartbeat(Chunk.Heartbeat heartbeat) {
      if (connected != null) {
        writer.add(new Chunk.HeartbeatAck(heartbeat.info())); // RFC 9260 §8.3
      }
    }

    @Override
    public void heartbeatAck(Chunk.HeartbeatAck ack) {
      probe.onHeartbeatAck(ack.info());
    }

    @Override
    public void abort(Chunk.Abort abort) {
      fail("the peer aborted the association" + reason(abort.causes()));
    }

    @Override
    public void operationError(Chunk.OperationError error) {
      if (error.causes().stream().anyMatch(cause -> cause.code() == Cause.STALE_COOKIE)) {
        handshake.onStaleCookie();
      }
    }

    @Override
    public void shutdown(Chunk.Shutdown shutdown) {
      if (connected != null && state == State.ESTABLISHED) {
        state = State.SHUTDOWN_RECEIVED;
      }
    }

    @Override
    public void shutdownAck(Chunk.ShutdownAck ack) {
      // We never ask for a shutdown; RFC 9260 §8.5.1 E answers such an ACK all the same.
      writer.add(new Chunk.ShutdownComplete(false));
      writer.flush();
      fail("the peer shut the association down");
    }

    @Override
    public void shutdownComplete(Chunk.ShutdownComplete complete) {
      if (state == State.SHUTDOWN_ACK_SENT) {
        fail("the peer shut the association down");
      }
    }

    @Override
    public void unknown(Chunk.Unknown unknown) {
      // RFC 9260 §3.2: the second highest bit asks for a report.
      if (connected != null && (unknown.type() & 0x40) != 0) {
        Bytes shown = unknown.raw().slice(0, Math.min(unknown.raw().size(), 64));
        writer.add(new Chunk.OperationError(List.of(new Cause(Cause.UNRECOGNIZED_CHUNK, shown))));
      }
    }
  }

  /** For a log line: printable and short, whatever the peer wrote. */
  private static String reason(List<Cause> causes) {
    if (causes.isEmpty()) {
      return "";
    }
    Cause cause = causes.get(0);
    String text = cause.info().slice(0, Math.min(cause.info().size(), 100)).utf8();
    String printable = text.replaceAll("[^\\x20-\\x7e]", "").strip();
    return " (cause " + cause.code() + (printable.isEmpty() ? ")" : ": " + printable + ")");
  }
}
