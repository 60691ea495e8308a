// SPDX-License-Identifier: Apache-2.0
package tollway.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class BytesTest {
  @Test
  void laterChangesToTheSourceDoNotShow() {
    byte[] source = {1, 2, 3};
    Bytes bytes = Bytes.of(source);
    source[0] = 9;
    bytes.toArray()[1] = 9;
    assertThat(bytes).isEqualTo(Bytes.of((byte) 1, (byte) 2, (byte) 3));
  }

  @Test
  void oneTextPerValueInBase64() throws Exception {
    assertThat(Bytes.ofBase64("AAE=").hex()).isEqualTo("0001");
    for (String other : new String[] {"AAE", "AAF=", "AAE=\n", "AA_=", " AAE="}) {
      assertThatThrownBy(() -> Bytes.ofBase64(other)).isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void readerReturnsWhatTheWriterWrote() throws Exception {
    Bytes written =
        new ByteWriter()
            .u8(255)
            .u16(65535)
            .u32(0xffff_ffffL)
            .i64(-2)
            .bytes(Bytes.ofUtf8("x"))
            .toBytes();
    ByteReader reader = new ByteReader(written);
    assertThat(reader.u8()).isEqualTo(255);
    assertThat(reader.u16()).isEqualTo(65535);
    assertThat(reader.u32()).isEqualTo(0xffff_ffffL);
    assertThat(reader.i64()).isEqualTo(-2);
    assertThat(reader.rest().utf8()).isEqualTo("x");
    reader.end();
  }

  @Test
  void readerNeverReadsPastTheEnd() {
    Random random = new Random(7);
    for (int round = 0; round < 10_000; round++) {
      byte[] noise = new byte[random.nextInt(12)];
      random.nextBytes(noise);
      ByteReader reader = new ByteReader(Bytes.of(noise));
      try {
        while (reader.remaining() > 0) {
          switch (random.nextInt(5)) {
            case 0 -> reader.u16();
            case 1 -> reader.u32();
            case 2 -> reader.i64();
            case 3 -> reader.bytes(random.nextInt(20) - 2);
            default -> reader.skip(random.nextInt(4) + 1);
          }
        }
        reader.end();
      } catch (MalformedBytesException expected) {
        assertThat(expected).hasMessageContaining("needs");
      }
    }
  }
}
