// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

final class HopFramesTest {
  @Test
  void whatIsForTheNextAloneIsNotPassedOn() {
    for (int type = 0; type < 0x100; type++) {
      byte[] frame = {(byte) type, 3};
      assertThat(HopFrames.passesOn(Unpooled.wrappedBuffer(frame)))
          .as("0x%02x", type)
          .isEqualTo(type < 0x20);
    }
    assertThat(HopFrames.passesOn(Unpooled.EMPTY_BUFFER)).isFalse();
  }
}
