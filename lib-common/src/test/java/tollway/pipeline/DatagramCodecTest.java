// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class DatagramCodecTest {
  private static final ByteBufAllocator ALLOCATOR = Unpooled.buffer().alloc();

  /** Peer, port, frame on a stream, datagram of SOCKS5; the payload is "hi". Frozen. */
  private static final String[][] GOLDEN = {
    {
      "192.0.2.7",
      "53",
      "0009" + "01c0000207" + "0035" + "6869",
      "000000" + "01c00002070035" + "6869"
    },
    {
      "example.org",
      "443",
      "0011" + "030b6578616d706c652e6f7267" + "01bb" + "6869",
      "000000" + "030b6578616d706c652e6f7267" + "01bb" + "6869"
    },
    {
      "2001:db8::1",
      "8080",
      "0015" + "0420010db8000000000000000000000001" + "1f90" + "6869",
      "000000" + "0420010db8000000000000000000000001" + "1f90" + "6869"
    },
  };

  @Test
  void bothFormsAreFrozenAndReadBack() throws Exception {
    for (String[] golden : GOLDEN) {
      Destination peer = new Destination(golden[0], Integer.parseInt(golden[1]));
      Datagram datagram = new Datagram(peer, buffer("6869"));
      ByteBuf frame = DatagramCodec.encode(ALLOCATOR, datagram).orElseThrow();
      assertThat(ByteBufUtil.hexDump(frame)).isEqualTo(golden[2]);
      ByteBuf socks = DatagramCodec.encodeSocks(ALLOCATOR, datagram);
      assertThat(ByteBufUtil.hexDump(socks)).isEqualTo(golden[3]);
      ByteBuf wire = buffer(golden[2] + "aabb");
      Datagram read = DatagramCodec.decode(wire).orElseThrow();
      assertThat(read.peer()).isEqualTo(peer);
      assertThat(ByteBufUtil.hexDump(read.payload())).isEqualTo("6869");
      assertThat(wire.readableBytes()).as("what follows is left").isEqualTo(2);
      assertThat(DatagramCodec.decodeSocks(socks).peer()).isEqualTo(peer);
      frame.release();
      socks.release();
    }
  }

  @Test
  void aFrameThatHasNotArrivedYetIsAwaited() throws Exception {
    byte[] whole = Bytes.ofHex(GOLDEN[1][2]).toArray();
    for (int size = 0; size < whole.length; size++) {
      ByteBuf part = Unpooled.wrappedBuffer(whole, 0, size);
      assertThat(DatagramCodec.decode(part)).as("of %d bytes", size).isEmpty();
      assertThat(part.readableBytes()).isEqualTo(size);
    }
  }

  @Test
  void theLongestDatagramFitsAndALongerOneDoesNot() throws Exception {
    Destination peer = new Destination("2001:db8::1", 1);
    ByteBuf most = Unpooled.wrappedBuffer(new byte[DatagramCodec.MAX_PAYLOAD]);
    ByteBuf frame = DatagramCodec.encode(ALLOCATOR, new Datagram(peer, most)).orElseThrow();
    assertThat(DatagramCodec.decode(frame).orElseThrow().payload()).isEqualTo(most);
    frame.release();
    Destination named = new Destination("a".repeat(200), 1);
    assertThat(DatagramCodec.encode(ALLOCATOR, new Datagram(named, most))).isEmpty();
  }

  @Test
  void fragmentsAndNonsenseAreRefused() {
    for (String wrong :
        new String[] {
          "",
          "0000",
          "00000101c000020700356869",
          "00000002c000020700356869",
          "00000001c0000207",
          "00000001c000020700006869", // port 0
        }) {
      assertThatThrownBy(() -> DatagramCodec.decodeSocks(buffer(wrong)))
          .as(wrong)
          .isInstanceOf(MalformedBytesException.class);
    }
    assertThatThrownBy(() -> DatagramCodec.decode(buffer("000301c000")))
        .as("a frame too short for its address")
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void noiseIsDatagramsOrMalformedAndIsUsedUp() {
    Random random = new Random(42);
    int understood = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      if (noise.length > 8 && i % 2 == 0) {
        noise[0] = 0;
        noise[1] = (byte) random.nextInt(40);
        noise[2] = (byte) random.nextInt(5);
        noise[3] = (byte) random.nextInt(5);
      }
      understood += frames(Unpooled.wrappedBuffer(noise)) + socks(Unpooled.wrappedBuffer(noise));
    }
    assertThat(understood).isGreaterThan(1000);
  }

  /** A frame that makes no sense is taken off too, or the stream would hang for ever. */
  private static int frames(ByteBuf noise) {
    int found = 0;
    while (noise.isReadable()) {
      int before = noise.readableBytes();
      try {
        Optional<Datagram> datagram = DatagramCodec.decode(noise);
        if (datagram.isEmpty()) {
          return found;
        }
        found++;
      } catch (MalformedBytesException expected) {
        assertThat(noise.readableBytes()).isLessThan(before);
      }
    }
    return found;
  }

  private static int socks(ByteBuf noise) {
    try {
      Datagram datagram = DatagramCodec.decodeSocks(noise);
      return datagram.peer().port() > 0 ? 1 : 0;
    } catch (MalformedBytesException expected) {
      return 0;
    }
  }

  private static ByteBuf buffer(String hex) throws MalformedBytesException {
    return Unpooled.wrappedBuffer(Bytes.ofHex(hex).toArray());
  }
}
