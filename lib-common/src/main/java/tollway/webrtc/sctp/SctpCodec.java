// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.sctp.Chunk.Cause;
import tollway.webrtc.sctp.Chunk.Gap;
import tollway.webrtc.sctp.Chunk.Reset;
import tollway.webrtc.sctp.Chunk.Skip;
import tollway.webrtc.sctp.Chunk.Terms;

/**
 * SCTP packets (RFC 9260 §3). Layout: source port 2, destination port 2, tag 4, CRC32c 4, then
 * chunks: type 1, flags 1, length 2, value, zeros up to a multiple of 4.
 */
final class SctpCodec {
  static final int HEADER = 12;
  static final int DATA_HEADER = 16;
  static final int SACK_HEADER = 16;

  private static final int CHUNK_HEADER = 4;

  private static final int DATA = 0;
  private static final int INIT = 1;
  private static final int INIT_ACK = 2;
  private static final int SACK = 3;
  private static final int HEARTBEAT = 4;
  private static final int HEARTBEAT_ACK = 5;
  private static final int ABORT = 6;
  private static final int SHUTDOWN = 7;
  private static final int SHUTDOWN_ACK = 8;
  private static final int ERROR = 9;
  private static final int COOKIE_ECHO = 10;
  private static final int COOKIE_ACK = 11;
  private static final int SHUTDOWN_COMPLETE = 14;
  private static final int RE_CONFIG = 130;
  private static final int PAD = 132;
  private static final int FORWARD_TSN = 192;

  private static final int HEARTBEAT_INFO = 1;
  private static final int IPV4_ADDRESS = 5;
  private static final int IPV6_ADDRESS = 6;
  private static final int STATE_COOKIE = 7;
  private static final int UNRECOGNIZED_PARAMETER = 8;
  private static final int COOKIE_PRESERVATIVE = 9;
  private static final int HOST_NAME = 11;
  private static final int SUPPORTED_ADDRESS_TYPES = 12;
  private static final int OUTGOING_RESET = 13;
  private static final int RESET_RESPONSE = 16;
  private static final int SUPPORTED_EXTENSIONS = 0x8008;
  private static final int FORWARD_TSN_SUPPORTED = 0xC000;

  private SctpCodec() {}

  /** Views of DATA payloads share {@code packet}'s memory; its indices stay as they were. */
  static SctpPacket decode(ByteBuf packet) throws MalformedBytesException {
    int start = packet.readerIndex();
    int end = packet.writerIndex();
    if (end - start < HEADER) {
      throw new MalformedBytesException("an SCTP packet of " + (end - start) + " bytes");
    }
    if (packet.getIntLE(start + 8) != checksum(packet, start, end)) {
      throw new MalformedBytesException("the checksum does not match");
    }
    int tag = packet.getInt(start + 4);
    List<Chunk> chunks = new ArrayList<>(4);
    int at = start + HEADER;
    while (at < end) {
      int length = end - at < CHUNK_HEADER ? 0 : packet.getUnsignedShort(at + 2);
      if (length < CHUNK_HEADER || length > end - at) {
        throw new MalformedBytesException("a chunk's length is wrong");
      }
      Chunk chunk = chunk(packet, at, length);
      chunks.add(chunk);
      // RFC 9260 §3.2: without the highest bit nothing after an unknown chunk is looked at.
      if (chunk instanceof Chunk.Unknown unknown && (unknown.type() & 0x80) == 0) {
        break;
      }
      at += padded(length);
    }
    return new SctpPacket(
        packet.getUnsignedShort(start), packet.getUnsignedShort(start + 2), tag, chunks);
  }

  /** Appends the whole packet to {@code out}. */
  static void encode(SctpPacket packet, ByteBuf out) {
    int start = out.writerIndex();
    begin(out, packet.sourcePort(), packet.destinationPort(), packet.tag());
    packet.chunks().forEach(chunk -> write(out, chunk));
    finish(out, start);
  }

  /** Appends a common header whose checksum {@link #finish} fills in. */
  static void begin(ByteBuf out, int sourcePort, int destinationPort, int tag) {
    out.writeShort(sourcePort).writeShort(destinationPort).writeInt(tag).writeInt(0);
  }

  static void finish(ByteBuf out, int start) {
    out.setIntLE(start + 8, checksum(out, start, out.writerIndex()));
  }

  static int padded(int length) {
    return (length + 3) & ~3;
  }

  /** RFC 9260 Appendix A: over the packet with a checksum of zero. */
  private static int checksum(ByteBuf packet, int start, int end) {
    CRC32C crc = new CRC32C();
    update(crc, packet, start, 8);
    crc.update(0);
    crc.update(0);
    crc.update(0);
    crc.update(0);
    update(crc, packet, start + HEADER, end - start - HEADER);
    return (int) crc.getValue();
  }

  private static void update(CRC32C crc, ByteBuf packet, int from, int count) {
    if (packet.hasArray()) {
      crc.update(packet.array(), packet.arrayOffset() + from, count);
    } else {
      crc.update(packet.nioBuffer(from, count));
    }
  }

  // ---- reading

  private static Chunk chunk(ByteBuf in, int at, int length) throws MalformedBytesException {
    int type = in.getUnsignedByte(at);
    int flags = in.getUnsignedByte(at + 1);
    int end = at + length;
    return switch (type) {
      case DATA -> data(in, at, length, flags);
      case INIT -> init(in, at, length, false);
      case INIT_ACK -> init(in, at, length, true);
      case SACK -> sack(in, at, length);
      case HEARTBEAT -> new Chunk.Heartbeat(heartbeatInfo(in, at, length));
      case HEARTBEAT_ACK -> new Chunk.HeartbeatAck(heartbeatInfo(in, at, length));
      case ABORT -> new Chunk.Abort((flags & 1) != 0, causes(in, at + CHUNK_HEADER, end));
      case SHUTDOWN -> {
        need(length == 8, "a SHUTDOWN of the wrong length");
        yield new Chunk.Shutdown(in.getInt(at + 4));
      }
      case SHUTDOWN_ACK -> new Chunk.ShutdownAck();
      case ERROR -> new Chunk.OperationError(causes(in, at + CHUNK_HEADER, end));
      case COOKIE_ECHO -> new Chunk.CookieEcho(bytes(in, at + CHUNK_HEADER, length - CHUNK_HEADER));
      case COOKIE_ACK -> new Chunk.CookieAck();
      case SHUTDOWN_COMPLETE -> new Chunk.ShutdownComplete((flags & 1) != 0);
      case RE_CONFIG -> reConfig(in, at, length);
      case PAD -> new Chunk.Pad(length);
      case FORWARD_TSN -> forwardTsn(in, at, length);
      default -> new Chunk.Unknown(type, bytes(in, at, length));
    };
  }

  private static Chunk data(ByteBuf in, int at, int length, int flags)
      throws MalformedBytesException {
    // RFC 9260 §6.2: DATA without user data ends the association.
    need(length > DATA_HEADER, "DATA without data");
    return new Chunk.Data(
        flags,
        in.getInt(at + 4),
        in.getUnsignedShort(at + 8),
        in.getUnsignedShort(at + 10),
        in.getInt(at + 12),
        in.slice(at + DATA_HEADER, length - DATA_HEADER));
  }

  private static Chunk init(ByteBuf in, int at, int length, boolean ack)
      throws MalformedBytesException {
    need(length >= 20, "an INIT that is too short");
    boolean forwardTsn = false;
    boolean reconfig = false;
    Bytes cookie = Bytes.EMPTY;
    List<Bytes> unrecognized = new ArrayList<>();
    int end = at + length;
    for (int p = at + 20; p < end; p = next(in, p)) {
      int size = parameterLength(in, p, end);
      int type = in.getUnsignedShort(p);
      if (type == FORWARD_TSN_SUPPORTED) {
        forwardTsn = true;
      } else if (type == SUPPORTED_EXTENSIONS) {
        for (int i = p + CHUNK_HEADER; i < p + size; i++) {
          int extension = in.getUnsignedByte(i);
          forwardTsn |= extension == FORWARD_TSN;
          reconfig |= extension == RE_CONFIG;
        }
      } else if (type == STATE_COOKIE && ack) {
        cookie = bytes(in, p + CHUNK_HEADER, size - CHUNK_HEADER);
      } else if (!harmless(type)) {
        // RFC 9260 §3.2.1: bit 14 asks for a report, a clear bit 15 ends the reading.
        if ((type & 0x4000) != 0) {
          unrecognized.add(bytes(in, p, size));
        }
        if ((type & 0x8000) == 0) {
          break;
        }
      }
    }
    Terms terms =
        new Terms(
            in.getInt(at + 4),
            in.getInt(at + 8),
            in.getUnsignedShort(at + 12),
            in.getUnsignedShort(at + 14),
            in.getInt(at + 16),
            forwardTsn,
            reconfig);
    // RFC 9260 §3.3.2: a tag or a number of streams of zero is an error.
    need(terms.tag() != 0, "an INIT with tag 0");
    need(terms.outStreams() > 0 && terms.inStreams() > 0, "an INIT without streams");
    need(!ack || cookie.size() > 0, "an INIT ACK without a cookie");
    return ack
        ? new Chunk.InitAck(terms, cookie, unrecognized)
        : new Chunk.Init(terms, unrecognized);
  }

  /** Parameters of RFC 9260 that mean nothing on one DTLS path, and reports of our own. */
  private static boolean harmless(int type) {
    return switch (type) {
      case IPV4_ADDRESS,
          IPV6_ADDRESS,
          COOKIE_PRESERVATIVE,
          HOST_NAME,
          SUPPORTED_ADDRESS_TYPES,
          UNRECOGNIZED_PARAMETER ->
          true;
      default -> false;
    };
  }

  private static Chunk sack(ByteBuf in, int at, int length) throws MalformedBytesException {
    need(length >= SACK_HEADER, "a SACK that is too short");
    int gapCount = in.getUnsignedShort(at + 12);
    int duplicateCount = in.getUnsignedShort(at + 14);
    need(length == SACK_HEADER + 4 * (gapCount + duplicateCount), "a SACK of the wrong length");
    List<Gap> gaps = List.of();
    List<Integer> duplicates = List.of();
    int p = at + SACK_HEADER;
    if (gapCount > 0) {
      gaps = new ArrayList<>(gapCount);
      for (int i = 0; i < gapCount; i++, p += 4) {
        gaps.add(new Gap(in.getUnsignedShort(p), in.getUnsignedShort(p + 2)));
      }
    }
    if (duplicateCount > 0) {
      duplicates = new ArrayList<>(duplicateCount);
      for (int i = 0; i < duplicateCount; i++, p += 4) {
        duplicates.add(in.getInt(p));
      }
    }
    return new Chunk.Sack(in.getInt(at + 4), in.getInt(at + 8), gaps, duplicates);
  }

  private static Bytes heartbeatInfo(ByteBuf in, int at, int length)
      throws MalformedBytesException {
    int p = at + CHUNK_HEADER;
    int size = parameterLength(in, p, at + length);
    need(in.getUnsignedShort(p) == HEARTBEAT_INFO, "a HEARTBEAT without its information");
    return bytes(in, p + CHUNK_HEADER, size - CHUNK_HEADER);
  }

  private static List<Cause> causes(ByteBuf in, int from, int end) throws MalformedBytesException {
    List<Cause> causes = new ArrayList<>(1);
    for (int p = from; p < end; p = next(in, p)) {
      int size = parameterLength(in, p, end);
      causes.add(
          new Cause(in.getUnsignedShort(p), bytes(in, p + CHUNK_HEADER, size - CHUNK_HEADER)));
    }
    return causes;
  }

  private static Chunk reConfig(ByteBuf in, int at, int length) throws MalformedBytesException {
    List<Reset> resets = new ArrayList<>(2);
    int end = at + length;
    for (int p = at + CHUNK_HEADER; p < end; p = next(in, p)) {
      int size = parameterLength(in, p, end);
      int type = in.getUnsignedShort(p);
      need(size >= 8, "a RE-CONFIG parameter that is too short");
      int request = in.getInt(p + 4);
      if (type == OUTGOING_RESET) {
        need(size >= 16, "an outgoing reset that is too short");
        resets.add(
            new Reset.Outgoing(
                request, in.getInt(p + 8), in.getInt(p + 12), streams(in, p + 16, p + size)));
      } else if (type == RESET_RESPONSE) {
        need(size >= 12, "a reset response that is too short");
        resets.add(new Reset.Response(request, in.getInt(p + 8)));
      } else {
        resets.add(new Reset.Other(type, request));
      }
    }
    need(!resets.isEmpty() && resets.size() <= 2, "a RE-CONFIG without one or two parameters");
    return new Chunk.ReConfig(resets);
  }

  private static List<Integer> streams(ByteBuf in, int from, int end) {
    List<Integer> streams = new ArrayList<>((end - from) / 2);
    for (int p = from; p + 2 <= end; p += 2) {
      streams.add(in.getUnsignedShort(p));
    }
    return streams;
  }

  private static Chunk forwardTsn(ByteBuf in, int at, int length) throws MalformedBytesException {
    need(length >= 8 && length % 4 == 0, "a FORWARD TSN of the wrong length");
    List<Skip> skips = new ArrayList<>((length - 8) / 4);
    for (int p = at + 8; p < at + length; p += 4) {
      skips.add(new Skip(in.getUnsignedShort(p), in.getUnsignedShort(p + 2)));
    }
    return new Chunk.ForwardTsn(in.getInt(at + 4), skips);
  }

  /** The length of the parameter at {@code p}, header included and known to lie before end. */
  private static int parameterLength(ByteBuf in, int p, int end) throws MalformedBytesException {
    int length = end - p < CHUNK_HEADER ? 0 : in.getUnsignedShort(p + 2);
    need(length >= CHUNK_HEADER && length <= end - p, "a parameter's length is wrong");
    return length;
  }

  private static int next(ByteBuf in, int p) {
    return p + padded(in.getUnsignedShort(p + 2));
  }

  private static Bytes bytes(ByteBuf in, int from, int count) {
    return count == 0 ? Bytes.EMPTY : Bytes.of(in.nioBuffer(from, count));
  }

  private static void need(boolean met, String otherwise) throws MalformedBytesException {
    if (!met) {
      throw new MalformedBytesException(otherwise);
    }
  }

  // ---- writing

  /** Appends one chunk with its padding. */
  static void write(ByteBuf out, Chunk chunk) {
    chunk.accept(new ChunkWriter(out));
    if (chunk instanceof Chunk.Pad pad) {
      out.writeByte(PAD).writeByte(0).writeShort(pad.size()).writeZero(pad.size() - CHUNK_HEADER);
      align(out, out.writerIndex() - pad.size());
    }
  }

  /** Appends a DATA chunk without making an object of it: the busiest line of this room. */
  static void writeData(
      ByteBuf out,
      int flags,
      int tsn,
      int stream,
      int ssn,
      int ppid,
      ByteBuf from,
      int index,
      int count) {
    out.writeByte(DATA).writeByte(flags).writeShort(DATA_HEADER + count);
    out.writeInt(tsn).writeShort(stream).writeShort(ssn).writeInt(ppid);
    out.writeBytes(from, index, count);
    out.writeZero(padded(count) - count);
  }

  private static void align(ByteBuf out, int start) {
    int length = out.writerIndex() - start;
    out.writeZero(padded(length) - length);
  }

  private record ChunkWriter(ByteBuf out) implements Chunk.Visitor {
    @Override
    public void data(Chunk.Data data) {
      writeData(
          out,
          data.flags(),
          data.tsn(),
          data.stream(),
          data.ssn(),
          data.ppid(),
          data.payload(),
          data.payload().readerIndex(),
          data.payload().readableBytes());
    }

    @Override
    public void init(Chunk.Init init) {
      int start = open(INIT, 0);
      terms(init.terms());
      init.unrecognized().forEach(this::raw);
      close(start);
    }

    @Override
    public void initAck(Chunk.InitAck ack) {
      int start = open(INIT_ACK, 0);
      terms(ack.terms());
      parameter(STATE_COOKIE, ack.cookie());
      ack.unrecognized().forEach(each -> parameter(UNRECOGNIZED_PARAMETER, each));
      close(start);
    }

    @Override
    public void sack(Chunk.Sack sack) {
      int start = open(SACK, 0);
      out.writeInt(sack.cumulativeTsn()).writeInt(sack.window());
      out.writeShort(sack.gaps().size()).writeShort(sack.duplicates().size());
      sack.gaps().forEach(gap -> out.writeShort(gap.start()).writeShort(gap.end()));
      sack.duplicates().forEach(out::writeInt);
      close(start);
    }

    @Override
    public void heartbeat(Chunk.Heartbeat heartbeat) {
      int start = open(HEARTBEAT, 0);
      parameter(HEARTBEAT_INFO, heartbeat.info());
      close(start);
    }

    @Override
    public void heartbeatAck(Chunk.HeartbeatAck ack) {
      int start = open(HEARTBEAT_ACK, 0);
      parameter(HEARTBEAT_INFO, ack.info());
      close(start);
    }

    @Override
    public void abort(Chunk.Abort abort) {
      int start = open(ABORT, abort.reflected() ? 1 : 0);
      abort.causes().forEach(cause -> parameter(cause.code(), cause.info()));
      close(start);
    }

    @Override
    public void operationError(Chunk.OperationError error) {
      int start = open(ERROR, 0);
      error.causes().forEach(cause -> parameter(cause.code(), cause.info()));
      close(start);
    }

    @Override
    public void shutdown(Chunk.Shutdown shutdown) {
      int start = open(SHUTDOWN, 0);
      out.writeInt(shutdown.cumulativeTsn());
      close(start);
    }

    @Override
    public void shutdownAck(Chunk.ShutdownAck ack) {
      close(open(SHUTDOWN_ACK, 0));
    }

    @Override
    public void shutdownComplete(Chunk.ShutdownComplete complete) {
      close(open(SHUTDOWN_COMPLETE, complete.reflected() ? 1 : 0));
    }

    @Override
    public void cookieEcho(Chunk.CookieEcho echo) {
      int start = open(COOKIE_ECHO, 0);
      out.writeBytes(echo.cookie().toBuffer());
      close(start);
    }

    @Override
    public void cookieAck(Chunk.CookieAck ack) {
      close(open(COOKIE_ACK, 0));
    }

    @Override
    public void forwardTsn(Chunk.ForwardTsn forward) {
      int start = open(FORWARD_TSN, 0);
      out.writeInt(forward.newCumulativeTsn());
      forward.skips().forEach(skip -> out.writeShort(skip.stream()).writeShort(skip.ssn()));
      close(start);
    }

    @Override
    public void reConfig(Chunk.ReConfig reConfig) {
      int start = open(RE_CONFIG, 0);
      for (Reset reset : reConfig.resets()) {
        if (reset instanceof Reset.Outgoing outgoing) {
          int parameter = open16(OUTGOING_RESET);
          out.writeInt(outgoing.request()).writeInt(outgoing.response());
          out.writeInt(outgoing.lastTsn());
          outgoing.streams().forEach(out::writeShort);
          close(parameter);
        } else if (reset instanceof Reset.Response response) {
          int parameter = open16(RESET_RESPONSE);
          out.writeInt(response.request()).writeInt(response.result());
          close(parameter);
        } else if (reset instanceof Reset.Other other) {
          int parameter = open16(other.type());
          out.writeInt(other.request());
          close(parameter);
        }
      }
      close(start);
    }

    @Override
    public void unknown(Chunk.Unknown unknown) {
      raw(unknown.raw());
    }

    private void terms(Terms terms) {
      out.writeInt(terms.tag()).writeInt(terms.window());
      out.writeShort(terms.outStreams()).writeShort(terms.inStreams());
      out.writeInt(terms.firstTsn());
      // RFC 5061 §4.2.7 and RFC 3758 §3.1: what we can do beyond RFC 9260.
      int extensions = open16(SUPPORTED_EXTENSIONS);
      if (terms.forwardTsn()) {
        out.writeByte(FORWARD_TSN);
      }
      if (terms.reconfig()) {
        out.writeByte(RE_CONFIG);
      }
      close(extensions);
      if (terms.forwardTsn()) {
        close(open16(FORWARD_TSN_SUPPORTED));
      }
    }

    private void parameter(int type, Bytes value) {
      int start = open16(type);
      out.writeBytes(value.toBuffer());
      close(start);
    }

    private void raw(Bytes whole) {
      int start = out.writerIndex();
      out.writeBytes(whole.toBuffer());
      align(out, start);
    }

    private int open(int type, int flags) {
      int start = out.writerIndex();
      out.writeByte(type).writeByte(flags).writeShort(0);
      return start;
    }

    private int open16(int type) {
      int start = out.writerIndex();
      out.writeShort(type).writeShort(0);
      return start;
    }

    /** The length leaves out the padding (RFC 9260 §3.2). */
    private void close(int start) {
      out.setShort(start + 2, out.writerIndex() - start);
      align(out, start);
    }
  }
}
