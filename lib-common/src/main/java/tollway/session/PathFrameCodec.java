// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.nio.ByteBuffer;
import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** Control frames to bytes and back. */
final class PathFrameCodec {
  /** A frame of QUIC packets: see {@link DataFrames}. */
  static final int DATA = 0x01;

  /** Of the egress: see {@link Challenges}. */
  static final int CHALLENGE = 0x10;

  private static final int PING = 0x02;
  private static final int PONG = 0x03;
  private static final int REPORT = 0x04;
  private static final int ATTACH = 0x11;
  private static final int ATTACHED = 0x12;
  private static final int REFUSED = 0x13;
  private static final int SELECT = 0x14;

  private PathFrameCodec() {}

  static Bytes encode(PathFrame frame) {
    ByteWriter writer = new ByteWriter();
    if (frame instanceof PathFrame.Ping ping) {
      writer.u8(PING).i64(ping.token());
    } else if (frame instanceof PathFrame.Pong pong) {
      writer.u8(PONG).i64(pong.token());
    } else if (frame instanceof PathFrame.Challenge challenge) {
      writer.u8(CHALLENGE).bytes(challenge.nonce()).u8(TransportKind.bits(challenge.transports()));
    } else if (frame instanceof PathFrame.Attach attach) {
      writer
          .u8(ATTACH)
          .bytes(attach.session().key())
          .u8(attach.transport().code())
          .bytes(attach.signature());
    } else if (frame instanceof PathFrame.Attached) {
      writer.u8(ATTACHED);
    } else if (frame instanceof PathFrame.Refused refused) {
      writer.u8(REFUSED).u8(refused.reason().code());
    } else if (frame instanceof PathFrame.Select select) {
      writer.u8(SELECT).u32(select.epoch()).u8(select.bonded() ? 1 : 0);
    } else if (frame instanceof PathFrame.Report report) {
      writer
          .u8(REPORT)
          .u32(report.micros())
          .u32(report.packets())
          .u32(report.missing())
          .i64(report.bytes())
          .u16(report.datagram());
    } else {
      throw new IllegalStateException("no encoding for " + frame);
    }
    return writer.toBytes();
  }

  /** Any frame but a data frame. */
  static PathFrame decode(ByteBuffer bytes) throws MalformedBytesException {
    ByteReader reader = new ByteReader(bytes);
    int type = reader.u8();
    PathFrame frame =
        switch (type) {
          case PING -> new PathFrame.Ping(reader.i64());
          case PONG -> new PathFrame.Pong(reader.i64());
          case CHALLENGE ->
              new PathFrame.Challenge(
                  reader.bytes(PathFrame.NONCE_SIZE), TransportKind.ofBits(reader.u8()));
          case ATTACH ->
              new PathFrame.Attach(
                  NodeId.of(reader.bytes(NodeId.SIZE)),
                  transport(reader.u8()),
                  reader.bytes(Identity.SIGNATURE_SIZE));
          case ATTACHED -> new PathFrame.Attached();
          case REFUSED -> new PathFrame.Refused(reason(reader.u8()));
          case SELECT -> new PathFrame.Select(reader.u32(), flag(reader.u8()));
          case REPORT ->
              new PathFrame.Report(
                  reader.u32(), reader.u32(), reader.u32(), reader.i64(), reader.u16());
          default -> throw new MalformedBytesException("no path frame has type " + type);
        };
    reader.end();
    return frame;
  }

  private static boolean flag(int code) throws MalformedBytesException {
    if (code > 1) {
      throw new MalformedBytesException("a flag is " + code);
    }
    return code == 1;
  }

  private static TransportKind transport(int code) throws MalformedBytesException {
    return TransportKind.of(code)
        .orElseThrow(() -> new MalformedBytesException("no transport has code " + code));
  }

  private static PathFrame.Reason reason(int code) throws MalformedBytesException {
    for (PathFrame.Reason reason : PathFrame.Reason.values()) {
      if (reason.code() == code) {
        return reason;
      }
    }
    throw new MalformedBytesException("no refusal has reason " + code);
  }
}
