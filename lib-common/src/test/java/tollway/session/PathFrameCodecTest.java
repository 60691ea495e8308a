// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

final class PathFrameCodecTest {
  private static final Identity ALICE = Identity.ofSeed(Bytes.of(new byte[32]));
  private static final Bytes NONCE = Bytes.of(new byte[32]);

  /** Frozen: changing a line changes the protocol. */
  private static final List<String> GOLDEN =
      List.of(
          "020123456789abcdef",
          "030123456789abcdef",
          "10000000000000000000000000000000000000000000000000000000000000000002",
          "10000000000000000000000000000000000000000000000000000000000000000003",
          "113b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da2901" + "5a".repeat(64),
          "12",
          "1303",
          "14ffffffff00",
          "140000000101",
          "04ffffffff0000000200000001000000000000057805dc");

  private static final List<PathFrame> FRAMES =
      List.of(
          new PathFrame.Ping(0x0123456789abcdefL),
          new PathFrame.Pong(0x0123456789abcdefL),
          new PathFrame.Challenge(NONCE, Set.of(TransportKind.DTLS)),
          new PathFrame.Challenge(NONCE, Set.of(TransportKind.values())),
          new PathFrame.Attach(ALICE.nodeId(), TransportKind.QUIC, filled(64)),
          new PathFrame.Attached(),
          new PathFrame.Refused(PathFrame.Reason.STOPPING),
          new PathFrame.Select(0xffff_ffffL, false),
          new PathFrame.Select(1, true),
          new PathFrame.Report(0xffff_ffffL, 2, 1, 1400, 1500));

  @Test
  void writesWhatIsFrozen() {
    for (int i = 0; i < FRAMES.size(); i++) {
      assertThat(PathFrameCodec.encode(FRAMES.get(i)).hex()).isEqualTo(GOLDEN.get(i));
    }
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    for (PathFrame frame : FRAMES) {
      assertThat(PathFrameCodec.decode(PathFrameCodec.encode(frame).toBuffer())).isEqualTo(frame);
    }
  }

  @Test
  void refusesEveryPrefixAndEveryAddition() {
    for (PathFrame frame : FRAMES) {
      Bytes whole = PathFrameCodec.encode(frame);
      for (int size = 0; size < whole.size(); size++) {
        Bytes cut = whole.slice(0, size);
        assertThatThrownBy(() -> PathFrameCodec.decode(cut.toBuffer()))
            .isInstanceOf(MalformedBytesException.class);
      }
      Bytes longer = whole.plus(Bytes.of((byte) 0));
      assertThatThrownBy(() -> PathFrameCodec.decode(longer.toBuffer()))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void noiseEndsInAFrameOrIsRefused() {
    Random random = new Random(17);
    for (int round = 0; round < 50_000; round++) {
      byte[] noise = new byte[random.nextInt(110)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = (byte) random.nextInt(0x18);
      }
      if (noise.length == 34 && noise[0] == PathFrameCodec.CHALLENGE) {
        noise[33] &= 3; // Transports that nobody has given out yet are passed over.
      }
      try {
        PathFrame frame = PathFrameCodec.decode(Bytes.of(noise).toBuffer());
        assertThat(PathFrameCodec.encode(frame)).isEqualTo(Bytes.of(noise));
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void packetsShareFramesUpToTheLimit() throws Exception {
    List<ByteBuf> frames = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    PacketBatch batch =
        new PacketBatch(
            UnpooledByteBufAllocator.DEFAULT,
            100,
            (frame, packets) -> {
              frames.add(frame);
              counts.add(packets);
            });
    for (int size : new int[] {40, 40, 50, 91, 92, 0, 1}) {
      batch.add(Unpooled.wrappedBuffer(filled(size).toArray()));
    }
    batch.flush();
    assertThat(frames).allMatch(frame -> frame.readableBytes() <= 100);
    // 92 does not fit; 0 is no packet.
    assertThat(packetsOf(frames)).containsExactly("0:40", "1:40", "2:50", "3:91", "4:1");
    assertThat(counts).containsExactly(2, 1, 1, 1);
  }

  @Test
  void aCutFrameCarriesTheSamePacketsUnderTheSameNumbers() throws Exception {
    Random random = new Random(29);
    for (int round = 0; round < 2_000; round++) {
      List<ByteBuf> whole = new ArrayList<>();
      PacketBatch batch =
          new PacketBatch(UnpooledByteBufAllocator.DEFAULT, 4_000, (frame, n) -> whole.add(frame));
      for (int i = random.nextInt(12); i >= 0; i--) {
        batch.add(Unpooled.wrappedBuffer(filled(1 + random.nextInt(1_500)).toArray()));
      }
      batch.flush();
      for (ByteBuf frame : whole) {
        int limit = 50 + random.nextInt(2_000);
        List<String> before = packetsOf(List.of(frame.copy()));
        List<ByteBuf> pieces = new ArrayList<>();
        DataFrames.cut(frame, limit, pieces::add);
        for (ByteBuf piece : pieces) {
          assertThat(piece.readableBytes() <= limit || packetsOf(List.of(piece.copy())).size() == 1)
              .isTrue();
        }
        assertThat(packetsOf(pieces)).isEqualTo(before);
      }
    }
  }

  @Test
  void cuttingNoiseNeitherFailsNorLeaksNorGrows() {
    Random random = new Random(31);
    for (int round = 0; round < 50_000; round++) {
      byte[] noise = new byte[1 + random.nextInt(60)];
      random.nextBytes(noise);
      noise[0] = 1;
      for (int i = 7; i < noise.length; i += 2) {
        noise[i] = (byte) random.nextInt(2);
      }
      ByteBuf frame = Unpooled.wrappedBuffer(noise);
      int[] total = new int[1];
      DataFrames.cut(
          frame,
          1 + random.nextInt(40),
          piece -> {
            total[0] += piece.readableBytes() - DataFrames.HEADER;
            piece.release();
          });
      assertThat(frame.refCnt()).isZero();
      assertThat(total[0]).isLessThanOrEqualTo(noise.length);
    }
  }

  private static List<String> packetsOf(List<ByteBuf> frames) throws Exception {
    List<String> packets = new ArrayList<>();
    for (ByteBuf frame : frames) {
      DataFrames.split(
          frame,
          (number, packet) -> {
            packets.add(number + ":" + packet.readableBytes());
            packet.release();
          });
      frame.release();
    }
    return packets;
  }

  @Test
  void damagedDataFramesHandOnNothing() {
    Random random = new Random(23);
    for (int round = 0; round < 50_000; round++) {
      byte[] noise = new byte[1 + random.nextInt(40)];
      random.nextBytes(noise);
      for (int i = 7; i < noise.length; i += 2) {
        noise[i] = (byte) random.nextInt(2); // Short lengths, so that some are right.
      }
      List<Integer> sizes = new ArrayList<>();
      try {
        DataFrames.split(
            Unpooled.wrappedBuffer(noise),
            (number, packet) -> {
              sizes.add(packet.readableBytes());
              packet.release();
            });
        assertThat(sizes.stream().mapToInt(size -> size + 2).sum()).isEqualTo(noise.length - 7);
      } catch (MalformedBytesException expected) {
        assertThat(sizes).isEmpty();
      }
    }
  }

  private static Bytes filled(int size) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) 0x5a);
    return Bytes.of(bytes);
  }
}
