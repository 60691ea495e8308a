// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class StripeFrameCodecTest {
  private static final List<StripeFrame> WORDS =
      List.of(
          new StripeFrame.Wish(3),
          new StripeFrame.Holds(255),
          new StripeFrame.Offer(1, "v=0\r\n"),
          new StripeFrame.Answer(2, "ä"));

  /** Changing a line changes the protocol. */
  @Test
  void wordsHaveTheseBytes() {
    assertThat(WORDS.stream().map(StripeFrameCodec::encode).map(Bytes::hex))
        .containsExactly("3003", "31ff", "3201763d300d0a", "3302c3a4");
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    for (StripeFrame word : WORDS) {
      Bytes written = StripeFrameCodec.encode(word);
      assertThat(StripeFrameCodec.decode(written.toBuffer())).isEqualTo(word);
      assertThat(StripeFrameCodec.isAside(Unpooled.wrappedBuffer(written.toArray()))).isTrue();
    }
  }

  @Test
  void theSessionsFramesAreNotTaken() {
    for (int type = 0; type < 0x30; type++) {
      assertThat(StripeFrameCodec.isAside(Unpooled.wrappedBuffer(new byte[] {(byte) type})))
          .isFalse();
    }
    assertThat(StripeFrameCodec.isAside(Unpooled.EMPTY_BUFFER)).isFalse();
  }

  @Test
  void whatIsTooLongOrTooShortIsMalformed() throws Exception {
    byte[] answer = new byte[2 + StripeFrame.LONGEST_SDP];
    answer[0] = 0x33;
    assertThat(StripeFrameCodec.decode(Bytes.of(answer).toBuffer()))
        .isInstanceOf(StripeFrame.Answer.class);
    for (String hex : List.of("", "30", "3001ff", "31", "32", "33", "34ff", "ff")) {
      assertThatThrownBy(() -> StripeFrameCodec.decode(Bytes.ofHex(hex).toBuffer()))
          .as(hex)
          .isInstanceOf(MalformedBytesException.class);
    }
    byte[] longer = java.util.Arrays.copyOf(answer, answer.length + 1);
    assertThatThrownBy(() -> StripeFrameCodec.decode(Bytes.of(longer).toBuffer()))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void noiseIsAWordOrMalformed() {
    Random random = new Random(37);
    int words = 0;
    for (int round = 0; round < 50_000; round++) {
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      if (noise.length > 0) {
        noise[0] = (byte) (0x2e + random.nextInt(8));
      }
      try {
        StripeFrame word = StripeFrameCodec.decode(Bytes.of(noise).toBuffer());
        assertThat(StripeFrameCodec.encode(word)).isNotNull();
        words++;
      } catch (MalformedBytesException expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
    }
    assertThat(words).isGreaterThan(1_000);
  }
}
