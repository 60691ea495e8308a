// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;

/** Neighbouring fragments of one message that have arrived; grows at both ends. */
final class Fragments {
  final int stream;
  final int ssn;
  final int ppid;
  final boolean unordered;

  private final Deque<ByteBuf> parts = new ArrayDeque<>(4);
  private int first;
  private int next;
  private boolean begins;
  private boolean ends;
  private int bytes;

  Fragments(Chunk.Data data, ByteBuf part) {
    stream = data.stream();
    ssn = data.ssn();
    ppid = data.ppid();
    unordered = data.has(Chunk.Data.UNORDERED);
    first = data.tsn();
    next = data.tsn() + 1;
    begins = data.has(Chunk.Data.BEGIN);
    ends = data.has(Chunk.Data.END);
    bytes = part.readableBytes();
    parts.add(part);
  }

  int first() {
    return first;
  }

  /** The TSN that would continue it. */
  int next() {
    return next;
  }

  boolean begins() {
    return begins;
  }

  boolean ends() {
    return ends;
  }

  int bytes() {
    return bytes;
  }

  int count() {
    return parts.size();
  }

  boolean isOneMessageWith(Fragments other) {
    return stream == other.stream
        && ppid == other.ppid
        && unordered == other.unordered
        && (unordered || ssn == other.ssn);
  }

  /** Takes over {@code later}, which begins where this ends. */
  void join(Fragments later) {
    if (parts.size() >= later.parts.size()) {
      parts.addAll(later.parts);
    } else {
      // Moving the shorter list keeps hostile orders of arrival cheap.
      while (!parts.isEmpty()) {
        later.parts.addFirst(parts.removeLast());
      }
      parts.addAll(later.parts);
    }
    later.parts.clear();
    next = later.next;
    ends = later.ends;
    bytes += later.bytes;
  }

  /** The message in one buffer; nothing is left here. */
  ByteBuf assemble(ByteBufAllocator allocator) {
    ByteBuf whole = allocator.directBuffer(bytes, bytes);
    for (ByteBuf part : parts) {
      whole.writeBytes(part);
    }
    release();
    return whole;
  }

  void release() {
    parts.forEach(ByteBuf::release);
    parts.clear();
  }
}
