// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.sctp.Chunk.Cause;
import tollway.webrtc.sctp.Chunk.Gap;
import tollway.webrtc.sctp.Chunk.Reset;
import tollway.webrtc.sctp.Chunk.Skip;
import tollway.webrtc.sctp.Chunk.Terms;

final class SctpCodecTest {
  private static final Terms TERMS =
      new Terms(0x01020304, 1 << 20, 1024, 1023, 0xfffffff0, true, true);

  /** Changing a line changes the protocol. */
  private static final List<String> GOLDEN =
      List.of(
          "138813890000cafea656be4c000700151122334400050006000000350102030405000000",
          "138813890000cafe9c8ea2f2010000200102030400100000040003fffffffff080080006c082"
              + "0000c0000004",
          "138813890000cafee5755b33020000280102030400100000040003fffffffff080080006c082"
              + "0000c00000040007000709080700",
          "138813890000cafe759ef23c030000200000004d001000000002000200020003fffeffff0000"
              + "004cffffffff",
          "138813890000cafebcf51b7d04000010000100096e6f6e6365000000",
          "138813890000cafe42f8178f05000010000100096e6f6e6365000000",
          "138813890000cafeaf1462940601000c000c000762796500",
          "138813890000cafe3c4e3ef00900000c0003000800000000",
          "138813890000cafeb942e964070000080000002a",
          "138813890000cafe1d48179a08000004",
          "138813890000cafe6f5a525e0e000004",
          "138813890000cafefbb6deb30a00000a636f6f6b69650000",
          "138813890000cafe24c135f80b000004",
          "138813890000cafece5dba99c000001000000063000100020003ffff",
          "138813890000cafebc54657d82000028000d0016000000010000000200000003000400050006"
              + "00000010000c0000000700000001",
          "138813890000cafe006997ed8200000c000e000800000008",
          "138813890000cafebebb980d8400000a0000000000000000",
          "138813890000cafe3cc9c1c1c700000501000000");

  private static List<Chunk> oneOfEach() {
    return List.of(
        new Chunk.Data(7, 0x11223344, 5, 6, 53, Unpooled.copiedBuffer(new byte[] {1, 2, 3, 4, 5})),
        new Chunk.Init(TERMS, List.of()),
        new Chunk.InitAck(TERMS, Bytes.of(new byte[] {9, 8, 7}), List.of()),
        new Chunk.Sack(
            77, 1 << 20, List.of(new Gap(2, 3), new Gap(0xfffe, 0xffff)), List.of(76, -1)),
        new Chunk.Heartbeat(Bytes.ofUtf8("nonce")),
        new Chunk.HeartbeatAck(Bytes.ofUtf8("nonce")),
        new Chunk.Abort(true, List.of(new Cause(Cause.USER_ABORT, Bytes.ofUtf8("bye")))),
        new Chunk.OperationError(List.of(new Cause(Cause.STALE_COOKIE, Bytes.of(new byte[4])))),
        new Chunk.Shutdown(42),
        new Chunk.ShutdownAck(),
        new Chunk.ShutdownComplete(false),
        new Chunk.CookieEcho(Bytes.ofUtf8("cookie")),
        new Chunk.CookieAck(),
        new Chunk.ForwardTsn(99, List.of(new Skip(1, 2), new Skip(3, 0xffff))),
        new Chunk.ReConfig(
            List.of(
                new Reset.Outgoing(1, 2, 3, List.of(4, 5, 6)),
                new Reset.Response(7, Reset.Response.PERFORMED))),
        new Chunk.ReConfig(List.of(new Reset.Other(14, 8))),
        new Chunk.Pad(10),
        new Chunk.Unknown(0xc7, Bytes.of((byte) 0xc7, (byte) 0, (byte) 0, (byte) 5, (byte) 1)));
  }

  private static ByteBuf encode(Chunk... chunks) {
    ByteBuf out = Unpooled.buffer();
    SctpCodec.encode(new SctpPacket(5000, 5001, 0xcafe, List.of(chunks)), out);
    return out;
  }

  private static List<Chunk> decode(String chunks) throws MalformedBytesException {
    ByteBuf out = Unpooled.buffer();
    SctpCodec.begin(out, 5000, 5001, 0xcafe);
    out.writeBytes(Bytes.ofHex(chunks).toBuffer());
    SctpCodec.finish(out, 0);
    return SctpCodec.decode(out).chunks();
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    for (Chunk chunk : oneOfEach()) {
      ByteBuf packet = encode(chunk);
      assertThat(packet.readableBytes() % 4).isZero();
      assertThat(SctpCodec.decode(packet))
          .isEqualTo(new SctpPacket(5000, 5001, 0xcafe, List.of(chunk)));
      assertThat(packet.readerIndex()).isZero();
      ByteBuf direct = Unpooled.directBuffer().writeBytes(packet);
      assertThat(SctpCodec.decode(direct).chunks()).containsExactly(chunk);
      direct.release();
    }
    Chunk[] all = oneOfEach().toArray(Chunk[]::new);
    assertThat(SctpCodec.decode(encode(all)).chunks()).containsExactly(all);
  }

  @Test
  void theWireStaysAsItIs() throws Exception {
    List<String> written = new ArrayList<>();
    for (Chunk chunk : oneOfEach()) {
      written.add(ByteBufUtil.hexDump(encode(chunk)));
    }
    assertThat(written).isEqualTo(GOLDEN);
  }

  @Test
  void damageIsNoticed() {
    byte[] packet = ByteBufUtil.getBytes(encode(oneOfEach().get(0)));
    for (int bit = 0; bit < packet.length * 8; bit++) {
      byte[] damaged = packet.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> SctpCodec.decode(Unpooled.wrappedBuffer(damaged)))
          .isInstanceOf(MalformedBytesException.class)
          .hasMessageContaining("checksum");
    }
    for (int size = 0; size < SctpCodec.HEADER; size++) {
      byte[] cut = Arrays.copyOf(packet, size);
      assertThatThrownBy(() -> SctpCodec.decode(Unpooled.wrappedBuffer(cut)))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void whatBreaksTheRulesOfItsKindIsRefused() {
    for (String chunk :
        List.of(
            "00", // no header
            "00030003", // shorter than its header
            "00030014000000010000000000000035", // longer than the packet
            "00030010000000010000000000000035", // DATA without data
            "0100001400000001000100000001000100000001".substring(0, 32), // a short INIT
            "0100001400000000000100000001000100000001", // an INIT with tag 0
            "0100001400000001000100000000000100000001", // an INIT without streams
            "010000180000000100010000000100010000000180080003", // a parameter too short
            "010000180000000100010000000100010000000180080005", // a parameter too long
            "0200001400000001000100000001000100000001", // an INIT ACK without a cookie
            "0300000c0000000100000001", // a short SACK
            "03000010000000010000000100010000", // a SACK without its gap
            "0300001800000001000000010001000000020003ffffffff", // a SACK that is too long
            "04000004", // a HEARTBEAT without information
            "0400000800020004", // a HEARTBEAT with something else
            "0600000700000004", // a cause cut short
            "0700000400000000", // a SHUTDOWN without its TSN
            "82000004", // a RE-CONFIG with nothing
            "8200000c000d000800000001", // a reset cut short
            "c0000004", // a FORWARD TSN without its TSN
            "c000000a000000010001")) { // a FORWARD TSN with half a stream
      assertThatThrownBy(() -> decode(chunk)).as(chunk).isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void anUnknownChunkEndsTheReadingUnlessItsTypeSaysOtherwise() throws Exception {
    String shutdownAck = "08000004";
    assertThat(decode("3f000004" + shutdownAck)).hasSize(1);
    assertThat(decode("7f000004" + shutdownAck)).hasSize(1);
    assertThat(decode("bf000004" + shutdownAck)).hasSize(2);
    assertThat(decode("ff000004" + shutdownAck)).hasSize(2);
  }

  @Test
  void parametersOfAnInitAreReadAsTheirTypesSay() throws Exception {
    String init = "00000001000100000001000100000001";
    String forwardTsn = "c0000004";
    assertThat(terms("01000018" + init + forwardTsn).forwardTsn()).isTrue();
    assertThat(terms("01000020" + init + "80010008aabbccdd" + forwardTsn).forwardTsn()).isTrue();
    assertThat(terms("01000020" + init + "00010008aabbccdd" + forwardTsn).forwardTsn()).isFalse();
    assertThat(decode("0100001c" + init + "c0010008aabbccdd"))
        .singleElement()
        .satisfies(
            chunk ->
                assertThat(((Chunk.Init) chunk).unrecognized())
                    .containsExactly(Bytes.ofHex("c0010008aabbccdd")));
  }

  private static Terms terms(String init) throws MalformedBytesException {
    return ((Chunk.Init) decode(init).get(0)).terms();
  }

  /** With a right checksum, or noise would never get past it. */
  @Test
  void noiseIsAPacketOrMalformed() {
    Random random = new Random(9260);
    List<byte[]> seeds = new ArrayList<>();
    for (Chunk chunk : oneOfEach()) {
      seeds.add(ByteBufUtil.getBytes(encode(chunk)));
    }
    seeds.add(ByteBufUtil.getBytes(encode(oneOfEach().toArray(Chunk[]::new))));
    int understood = 0;
    for (int round = 0; round < 100_000; round++) {
      byte[] noise = seeds.get(random.nextInt(seeds.size())).clone();
      switch (random.nextInt(3)) {
        case 0 -> noise = Arrays.copyOf(noise, random.nextInt(noise.length + 40));
        case 1 -> random.nextBytes(noise);
        default -> {}
      }
      for (int flips = random.nextInt(6); flips > 0 && noise.length > 12; flips--) {
        noise[12 + random.nextInt(noise.length - 12)] ^= (byte) (1 << random.nextInt(8));
      }
      ByteBuf packet = Unpooled.wrappedBuffer(noise);
      if (noise.length >= SctpCodec.HEADER) {
        packet.setInt(8, 0);
        SctpCodec.finish(packet, 0);
      }
      try {
        SctpCodec.encode(SctpCodec.decode(packet), Unpooled.buffer());
        understood++;
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(understood).isGreaterThan(10_000);
  }
}
