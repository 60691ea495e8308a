// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;

/**
 * The sending half of an association: the queue of messages, what is in flight of them, and when
 * more may follow. Messages leave in the order they came.
 */
final class Sender {
  /** What the sender needs from its association. */
  interface Owner {
    /** Something may be sent now that could not before. */
    void sendSoon();

    /** There is room again on a stream that was refused. */
    void writable(OutboundStream stream);

    /** Nothing was acknowledged in time, for the n-th time in a row. */
    void timedOut(int inARow);

    /** The peer has not acknowledged anything for too long. */
    void unreachable();
  }

  /** Packets in one turn of the loop, so that reading and other peers get theirs. */
  private static final int PACKETS_PER_TURN = 64;

  /** RFC 9260 §16, Association.Max.Retrans. */
  private static final int MAX_TIMEOUTS = 10;

  /** What a queued message costs beyond its bytes, so that many tiny ones are bounded too. */
  private static final int MESSAGE_OVERHEAD = 64;

  private final EventLoop loop;
  private final PacketWriter writer;
  private final Owner owner;
  private final int maxQueuedBytes;
  private final Flight flight;
  private final CongestionWindow congestion;
  private final DatagramWindow datagrams;
  private final RetransmitTimeout timeout;
  private final Acknowledged acknowledged = new Acknowledged();
  private final Deque<OutboundMessage> queue = new ArrayDeque<>();
  private final Deque<OutboundStream> waitingForRoom = new ArrayDeque<>();
  private final Deadline t3;
  private final Deadline pace;
  private int queuedBytes;
  private long peerWindow;
  private int timeouts;
  private long lastSentAt;
  private boolean fastRetransmit;
  private boolean forwardDue;
  private int forwardedTo;
  private long forwardedAt;

  Sender(
      EventLoop loop,
      PacketWriter writer,
      int firstTsn,
      long peerWindow,
      int maxQueuedBytes,
      RetransmitTimeout timeout,
      Owner owner) {
    this.loop = loop;
    this.writer = writer;
    this.owner = owner;
    this.maxQueuedBytes = maxQueuedBytes;
    this.peerWindow = peerWindow;
    this.timeout = timeout;
    flight = new Flight(firstTsn);
    forwardedTo = firstTsn - 1;
    congestion = new CongestionWindow(writer.limit());
    datagrams = new DatagramWindow(loop.nanoTime());
    t3 = new Deadline(loop, this::onT3);
    pace = new Deadline(loop, owner::sendSoon);
  }

  /** Queues the message, or refuses it because too much waits already; then the caller keeps it. */
  boolean offer(OutboundMessage message) {
    int cost = message.remaining() + MESSAGE_OVERHEAD;
    if (queuedBytes + cost > maxQueuedBytes && !queue.isEmpty()) {
      if (!message.stream.wantsRoom) {
        message.stream.wantsRoom = true;
        waitingForRoom.add(message.stream);
      }
      return false;
    }
    queuedBytes += cost;
    message.stream.queuedBytes += message.remaining();
    queue.add(message);
    return true;
  }

  boolean hasRoom() {
    return queuedBytes < maxQueuedBytes / 2;
  }

  int cumulativeTsn() {
    return flight.cumulativeTsn();
  }

  int nextTsn() {
    return flight.nextTsn();
  }

  /** Messages wait, so that something will be sent soon. */
  boolean isBusy() {
    return !queue.isEmpty();
  }

  /** All messages have left and were acknowledged. */
  boolean isIdle() {
    return queue.isEmpty() && flight.isEmpty();
  }

  long roundTrip() {
    return timeout.smoothed();
  }

  void packetLimitChanged() {
    congestion.packetBytes(writer.limit());
  }

  /** Writes what may be sent now. True: more could follow in another turn. */
  boolean pump() {
    long now = loop.nanoTime();
    long until = writer.packets() + PACKETS_PER_TURN;
    resendLost(now);
    if (forwardDue) {
      forward(now);
    }
    while (!queue.isEmpty()) {
      OutboundMessage message = queue.element();
      if (message.abandoned) {
        finish(message);
        continue;
      }
      int size = Math.min(message.remaining(), writer.maxPayload());
      if (!allows(message, size, now)) {
        return false;
      }
      if (writer.packets() >= until) {
        return true;
      }
      send(message, size, now);
    }
    return false;
  }

  private boolean allows(OutboundMessage message, int size, long now) {
    if (flight.isFull()) {
      return false;
    }
    // RFC 9260 §6.1 A: one chunk may probe a closed window.
    if (size > peerWindow && flight.bytes() > 0) {
      return false;
    }
    if (!message.isDatagram()) {
      return flight.reliableBytes() < congestion.bytes(); // RFC 9260 §6.1 B
    }
    long wait = datagrams.wait(flight.datagramBytes(), now);
    if (wait != 0 && wait != Long.MAX_VALUE) {
      pace.setIn(Math.max(wait, 1_000_000));
    }
    return wait == 0;
  }

  private void send(OutboundMessage message, int size, long now) {
    ByteBuf data = message.data();
    int flags = message.ordered ? 0 : Chunk.Data.UNORDERED;
    int tsn = flight.nextTsn();
    if (!message.started) {
      message.started = true;
      message.firstTsn = tsn;
      message.ssn = message.ordered ? message.stream.takeSsn() : 0;
      flags |= Chunk.Data.BEGIN;
    }
    message.lastTsn = tsn;
    boolean last = size == data.readableBytes();
    if (last) {
      flags |= Chunk.Data.END;
      if (queue.size() == 1 && !message.isDatagram()) {
        flags |= Chunk.Data.IMMEDIATE; // Nothing follows that would bring its SACK about.
      }
    }
    if (!message.isDatagram() && flight.isEmpty() && now - lastSentAt > timeout.nanos()) {
      congestion.idle();
    }
    writer.data(flags, tsn, message.ssn, message, data, data.readerIndex(), size);
    @Nullable ByteBuf kept =
        message.isDatagram() ? null : data.retainedSlice(data.readerIndex(), size);
    OutboundChunk chunk = new OutboundChunk(message, tsn, flags, size, kept, now);
    if (message.isDatagram()) {
      datagrams.sent(chunk, flight.datagramBytes(), now);
    }
    flight.add(chunk);
    peerWindow = Math.max(0, peerWindow - size);
    lastSentAt = now;
    data.skipBytes(size);
    queuedBytes -= size;
    message.stream.queuedBytes -= size;
    if (last) {
      finish(message);
    }
    if (!t3.isSet()) {
      t3.setIn(timeout.nanos());
    }
  }

  /** Takes the head of the queue off it. */
  private void finish(OutboundMessage message) {
    queue.remove();
    queuedBytes -= message.remaining() + MESSAGE_OVERHEAD;
    message.stream.queuedBytes -= message.remaining();
    message.release();
  }

  /** Tells those who were refused, once half of the queue is free; they may send at once. */
  void offerRoom() {
    for (int left = waitingForRoom.size(); left > 0 && hasRoom(); left--) {
      OutboundStream stream = waitingForRoom.poll();
      if (stream == null) {
        return; // Closed by one of them.
      }
      stream.wantsRoom = false;
      owner.writable(stream);
    }
  }

  private void resendLost(long now) {
    int sent = 0;
    for (OutboundChunk chunk = flight.nextLost(); chunk != null; chunk = flight.nextLost()) {
      boolean opensWindow = fastRetransmit && sent < writer.limit();
      boolean zeroWindow = chunk.size > peerWindow && flight.bytes() > 0;
      // RFC 9260 §7.2.4: the first packet of a fast retransmission goes out in any case.
      if (!opensWindow && (zeroWindow || flight.reliableBytes() >= congestion.bytes())) {
        break;
      }
      ByteBuf payload = chunk.payload();
      if (payload == null) {
        throw new IllegalStateException("a lost chunk without its payload");
      }
      OutboundMessage message = chunk.message;
      writer.data(
          chunk.flags,
          chunk.tsn,
          message.ssn,
          message,
          payload,
          payload.readerIndex(),
          payload.readableBytes());
      sent += chunk.size + SctpCodec.DATA_HEADER;
      peerWindow = Math.max(0, peerWindow - chunk.size);
      flight.resent(chunk, now);
      if (!t3.isSet()) {
        t3.setIn(timeout.nanos());
      }
    }
    fastRetransmit = false;
  }

  void onSack(Chunk.Sack sack) {
    long now = loop.nanoTime();
    boolean full = flight.reliableBytes() + writer.limit() > congestion.bytes();
    boolean hadLost = flight.hasLost();
    if (!flight.acknowledge(sack, acknowledged)) {
      return;
    }
    OutboundChunk newest = acknowledged.newest;
    if (newest != null) {
      timeouts = 0;
      // RFC 9260 §6.3.1 C5 (Karn): a chunk sent twice tells nothing about the round trip.
      if (newest.sends == 1) {
        timeout.measured(now - newest.sentAt);
      }
    }
    if (acknowledged.datagramBytes > 0 && newest != null) {
      datagrams.acknowledged(acknowledged.datagramBytes, newest, now);
    }
    congestion.acknowledged(acknowledged.reliableBytes, full, flight.cumulativeTsn());
    if (!hadLost && flight.hasLost()) {
      congestion.lost(flight.nextTsn() - 1);
      fastRetransmit = true;
    }
    datagrams.lost(flight.expireDatagrams(now, timeout.smoothed()));
    peerWindow = Math.max(0, (sack.window() & 0xffff_ffffL) - flight.bytes());
    if (flight.isEmpty()) {
      t3.clear();
    } else if (acknowledged.cumulativeAdvanced || !t3.isSet()) {
      t3.setIn(timeout.nanos());
    }
    considerForward(now);
    owner.sendSoon();
  }

  /** RFC 3758 §3.5 C: once for each step, and again when it seems to have been lost. */
  private void considerForward(long now) {
    int advanced = flight.advancedTsn();
    if (advanced == flight.cumulativeTsn()) {
      forwardDue = false;
    } else if (Serial.before(forwardedTo, advanced)
        || now - forwardedAt > 2 * timeout.smoothed() + 10_000_000) {
      forwardDue = true;
    }
  }

  private void forward(long now) {
    forwardDue = false;
    forwardedAt = now;
    int maxSkips = (writer.limit() - SctpCodec.HEADER - 8) / 4;
    Chunk.ForwardTsn chunk = flight.forwardTsn(maxSkips);
    if (chunk.newCumulativeTsn() != flight.cumulativeTsn()) {
      forwardedTo = chunk.newCumulativeTsn();
      writer.add(chunk);
    }
  }

  private void onT3() {
    if (flight.isEmpty()) {
      return;
    }
    if (++timeouts > MAX_TIMEOUTS) {
      owner.unreachable();
      return;
    }
    if (flight.reliableBytes() > 0) {
      congestion.timedOut();
    }
    timeout.backOff();
    owner.timedOut(timeouts);
    datagrams.lost(flight.datagramBytes());
    flight.expireAll();
    forwardDue = flight.advancedTsn() != flight.cumulativeTsn();
    t3.setIn(timeout.nanos());
    owner.sendSoon();
  }

  void close() {
    t3.close();
    pace.close();
    flight.clear();
    queue.forEach(OutboundMessage::release);
    queue.clear();
    waitingForRoom.clear();
    queuedBytes = 0;
  }
}
