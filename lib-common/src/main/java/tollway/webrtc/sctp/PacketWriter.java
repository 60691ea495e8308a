// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Lays chunks into packets that are no larger than the path takes. */
final class PacketWriter {
  private final PacketSink sink;
  private final int sourcePort;
  private final int destinationPort;
  private ByteBuf out;
  private int tag;
  private int limit;
  private long packets;

  PacketWriter(PacketSink sink, int sourcePort, int destinationPort, int limit) {
    this.sink = sink;
    this.sourcePort = sourcePort;
    this.destinationPort = destinationPort;
    this.limit = limit;
    out = Unpooled.buffer(limit);
  }

  /** The tag the peer asked to see (RFC 9260 §8.5). */
  void tag(int peerTag) {
    tag = peerTag;
  }

  void limit(int bytes) {
    flush();
    limit = bytes;
  }

  int limit() {
    return limit;
  }

  /** How many packets have been written. */
  long packets() {
    return packets;
  }

  /** The largest payload of one DATA chunk. */
  int maxPayload() {
    return limit - SctpCodec.HEADER - SctpCodec.DATA_HEADER;
  }

  void add(Chunk chunk) {
    begin();
    int start = out.writerIndex();
    SctpCodec.write(out, chunk);
    if (out.writerIndex() > limit && start > SctpCodec.HEADER) {
      out.writerIndex(start);
      flush();
      begin();
      SctpCodec.write(out, chunk);
    }
  }

  void data(int flags, int tsn, int ssn, OutboundMessage message, ByteBuf from, int at, int size) {
    begin();
    if (out.writerIndex() + SctpCodec.DATA_HEADER + SctpCodec.padded(size) > limit
        && out.writerIndex() > SctpCodec.HEADER) {
      flush();
      begin();
    }
    SctpCodec.writeData(out, flags, tsn, message.stream.id, ssn, message.ppid, from, at, size);
  }

  /** A packet of its own with another tag, as INIT and refusals need. */
  void alone(int otherTag, Chunk chunk) {
    flush();
    int usual = tag;
    tag = otherTag;
    add(chunk);
    flush();
    tag = usual;
  }

  /** Sends a heartbeat in a packet of exactly {@code bytes}, whatever the limit. */
  void probe(Chunk.Heartbeat heartbeat, int bytes) {
    flush();
    begin();
    SctpCodec.write(out, heartbeat);
    SctpCodec.write(out, new Chunk.Pad(bytes - out.writerIndex()));
    flush();
  }

  void flush() {
    if (out.writerIndex() > SctpCodec.HEADER) {
      SctpCodec.finish(out, 0);
      packets++;
      sink.packet(out);
    }
    out.clear();
  }

  private void begin() {
    if (out.writerIndex() == 0) {
      SctpCodec.begin(out, sourcePort, destinationPort, tag);
    }
  }
}
