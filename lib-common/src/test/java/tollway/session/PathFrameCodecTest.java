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
          "100000000000000000000000000000000000000000000000000000000000000000",
          "113b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29" + "5a".repeat(64),
          "12",
          "1303",
          "14ffffffff");

  private static final List<PathFrame> FRAMES =
      List.of(
          new PathFrame.Ping(0x0123456789abcdefL),
          new PathFrame.Pong(0x0123456789abcdefL),
          new PathFrame.Challenge(NONCE),
          new PathFrame.Attach(ALICE.nodeId(), filled(64)),
          new PathFrame.Attached(),
          new PathFrame.Refused(PathFrame.Reason.STOPPING),
          new PathFrame.Select(0xffff_ffffL));

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
    PacketBatch batch = new PacketBatch(UnpooledByteBufAllocator.DEFAULT, 100, frames::add);
    for (int size : new int[] {40, 40, 50, 97, 98, 0, 1}) {
      batch.add(Unpooled.wrappedBuffer(filled(size).toArray()));
    }
    batch.flush();
    List<Integer> sizes = new ArrayList<>();
    for (ByteBuf frame : frames) {
      assertThat(frame.readableBytes()).isLessThanOrEqualTo(100);
      PacketBatch.split(
          frame,
          packet -> {
            sizes.add(packet.readableBytes());
            packet.release();
          });
      frame.release();
    }
    assertThat(sizes).containsExactly(40, 40, 50, 97, 1); // 98 does not fit; 0 is no packet.
    assertThat(frames).hasSize(4);
  }

  @Test
  void damagedDataFramesHandOnNothing() {
    Random random = new Random(23);
    for (int round = 0; round < 50_000; round++) {
      byte[] noise = new byte[1 + random.nextInt(40)];
      random.nextBytes(noise);
      for (int i = 1; i < noise.length; i += 2) {
        noise[i] = (byte) random.nextInt(2); // Short lengths, so that some are right.
      }
      List<Integer> sizes = new ArrayList<>();
      try {
        PacketBatch.split(
            Unpooled.wrappedBuffer(noise),
            packet -> {
              sizes.add(packet.readableBytes());
              packet.release();
            });
        assertThat(sizes.stream().mapToInt(size -> size + 2).sum()).isEqualTo(noise.length - 1);
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
