// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of DATA chunks and hands them over in the order their stream asks for. What it
 * holds of unfinished and early messages is bounded.
 */
final class Reassembly {
  /** Who gets the messages. */
  interface Consumer {
    void message(int stream, int ppid, ByteBuf message);
  }

  enum Outcome {
    TAKEN,
    /** No room: as if it had never arrived. */
    REFUSED,
    /** The peer breaks the rules of fragments (RFC 9260 §6.9), or its word on message sizes. */
    VIOLATION
  }

  /** What a held piece costs beyond its bytes. */
  private static final int OVERHEAD = 128;

  /** Unfinished messages at a time; even heavy loss leaves far fewer. */
  private static final int MAX_RUNS = 1024;

  private final ByteBufAllocator allocator;
  private final Consumer consumer;
  private final int maxBytes;
  private final int maxMessageBytes;
  private final IntObjectMap<Fragments> byFirst = new IntObjectHashMap<>();
  private final IntObjectMap<Fragments> byNext = new IntObjectHashMap<>();
  private final IntObjectMap<InboundStream> streams = new IntObjectHashMap<>();
  private int held;

  Reassembly(ByteBufAllocator allocator, int maxBytes, int maxMessageBytes, Consumer consumer) {
    this.allocator = allocator;
    this.maxBytes = maxBytes;
    this.maxMessageBytes = maxMessageBytes;
    this.consumer = consumer;
  }

  static int cost(int bytes) {
    return bytes + OVERHEAD;
  }

  /** What we can still take, for the peer to know. */
  int window() {
    return Math.max(0, maxBytes - held);
  }

  /** A chunk whose TSN is new; {@code cumulative} is the TSN up to which all had arrived. */
  Outcome add(Chunk.Data data, int cumulative) {
    boolean whole = data.has(Chunk.Data.BEGIN) && data.has(Chunk.Data.END);
    if (whole && data.has(Chunk.Data.UNORDERED)) {
      consumer.message(data.stream(), data.ppid(), copy(data.payload()));
      return Outcome.TAKEN;
    }
    // What closes the first gap is always taken: refusing it would block the rest for ever.
    int limit = data.tsn() == cumulative + 1 ? 2 * maxBytes : maxBytes;
    if (held + cost(data.payload().readableBytes()) > limit) {
      return Outcome.REFUSED;
    }
    if (whole) {
      ordered(data.stream(), data.ssn(), data.ppid(), copy(data.payload()));
      return Outcome.TAKEN;
    }
    return fragment(data, cumulative);
  }

  private Outcome fragment(Chunk.Data data, int cumulative) {
    int tsn = data.tsn();
    Fragments left = data.has(Chunk.Data.BEGIN) ? null : byNext.get(tsn);
    Fragments right = data.has(Chunk.Data.END) ? null : byFirst.get(tsn + 1);
    if (right != null && right.begins()) {
      right = null; // Another message: the rest of this one was given up before it was sent.
    }
    if (left != null && left.ends()) {
      return Outcome.VIOLATION;
    }
    if (left == null && !data.has(Chunk.Data.BEGIN) && !Serial.before(cumulative, tsn - 1)) {
      // What came before it was skipped: the rest of a message that was given up.
      if (right != null) {
        drop(right);
      }
      return Outcome.TAKEN;
    }
    if (left == null && right == null && byFirst.size() >= MAX_RUNS && tsn != cumulative + 1) {
      return Outcome.REFUSED;
    }
    Fragments run = new Fragments(data, copy(data.payload()));
    held += cost(run.bytes());
    if (left != null) {
      byFirst.remove(left.first());
      byNext.remove(left.next());
    }
    if (right != null) {
      byFirst.remove(right.first());
      byNext.remove(right.next());
    }
    boolean sound =
        (left == null || left.isOneMessageWith(run))
            && (right == null || run.isOneMessageWith(right));
    if (right != null) {
      run.join(right);
    }
    if (left != null) {
      left.join(run);
      run = left;
    }
    if (!sound || run.bytes() > maxMessageBytes) {
      release(run);
      return Outcome.VIOLATION;
    }
    if (run.begins() && run.ends()) {
      held -= run.bytes() + run.count() * OVERHEAD;
      ByteBuf message = run.assemble(allocator);
      if (run.unordered) {
        consumer.message(run.stream, run.ppid, message);
      } else {
        ordered(run.stream, run.ssn, run.ppid, message);
      }
    } else {
      byFirst.put(run.first(), run);
      byNext.put(run.next(), run);
    }
    return Outcome.TAKEN;
  }

  private void ordered(int id, int ssn, int ppid, ByteBuf message) {
    InboundStream stream = stream(id);
    if (ssn == stream.nextSsn()) {
      stream.delivered();
      consumer.message(id, ppid, message);
      deliverReady(id, stream);
      return;
    }
    int cost = cost(message.readableBytes());
    if (stream.keep(ssn, new InboundStream.Message(ppid, message))) {
      held += cost;
    } else {
      message.release();
    }
  }

  private void deliverReady(int id, InboundStream stream) {
    for (InboundStream.Message next = stream.takeNext(); next != null; next = stream.takeNext()) {
      stream.delivered();
      hand(id, next);
    }
  }

  /** RFC 3758 §3.6: nothing up to {@code cumulative} that is missing will come. */
  void skip(int cumulative, List<Chunk.Skip> skips) {
    List<Fragments> dead = new ArrayList<>();
    for (Fragments run : byFirst.values()) {
      boolean reached = !Serial.before(cumulative, run.first());
      if (reached || (run.first() == cumulative + 1 && !run.begins())) {
        dead.add(run);
      }
    }
    dead.forEach(this::drop);
    for (Chunk.Skip skip : skips) {
      InboundStream stream = stream(skip.stream());
      for (InboundStream.Message message = stream.takeUpTo(skip.ssn());
          message != null;
          message = stream.takeUpTo(skip.ssn())) {
        hand(skip.stream(), message);
      }
      stream.skipTo(skip.ssn());
      deliverReady(skip.stream(), stream);
    }
  }

  /** RFC 6525 §5.2.2: the stream's numbers begin again. */
  void restart(int id) {
    InboundStream stream = streams.remove(id);
    if (stream != null) {
      held -= stream.heldBytes();
      stream.restart();
    }
  }

  /** The streams on which ordered messages have come. */
  List<Integer> streams() {
    return List.copyOf(streams.keySet());
  }

  void clear() {
    byFirst.values().forEach(Fragments::release);
    byFirst.clear();
    byNext.clear();
    streams.values().forEach(InboundStream::restart);
    streams.clear();
    held = 0;
  }

  private void hand(int id, InboundStream.Message message) {
    held -= cost(message.data().readableBytes());
    consumer.message(id, message.ppid(), message.data());
  }

  private void drop(Fragments run) {
    byFirst.remove(run.first());
    byNext.remove(run.next());
    release(run);
  }

  private void release(Fragments run) {
    held -= run.bytes() + run.count() * OVERHEAD;
    run.release();
  }

  private InboundStream stream(int id) {
    @Nullable InboundStream known = streams.get(id);
    if (known == null) {
      known = new InboundStream();
      streams.put(id, known);
    }
    return known;
  }

  private ByteBuf copy(ByteBuf payload) {
    int size = payload.readableBytes();
    return allocator.directBuffer(size, size).writeBytes(payload, payload.readerIndex(), size);
  }
}
