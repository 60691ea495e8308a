// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class DcepCodecTest {
  private static final List<ChannelOptions> KINDS =
      List.of(
          ChannelOptions.reliable("tollway"),
          ChannelOptions.unreliable("tollway"),
          new ChannelOptions("", true, OptionalInt.of(7)),
          new ChannelOptions("Ünïcode \u2713", false, OptionalInt.empty()));

  /** Changing a line changes the protocol. */
  private static final List<String> GOLDEN =
      List.of(
          "030001000000000000070000746f6c6c776179",
          "038101000000000000070000746f6c6c776179",
          "030101000000000700000000",
          "0380010000000000000e0000c39c6ec3af636f646520e29c93".replace("0e0000", "0d0000"));

  private static ChannelOptions opened(String hex) throws MalformedBytesException {
    return ((DcepMessage.Open) DcepCodec.decode(Bytes.ofHex(hex))).options();
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    for (ChannelOptions options : KINDS) {
      DcepMessage open = new DcepMessage.Open(options);
      assertThat(DcepCodec.decode(DcepCodec.encode(open))).isEqualTo(open);
    }
    assertThat(DcepCodec.decode(DcepCodec.encode(new DcepMessage.Ack())))
        .isEqualTo(new DcepMessage.Ack());
  }

  @Test
  void theWireStaysAsItIs() {
    for (int i = 0; i < KINDS.size(); i++) {
      assertThat(DcepCodec.encode(new DcepMessage.Open(KINDS.get(i))).hex())
          .isEqualTo(GOLDEN.get(i));
    }
    assertThat(DcepCodec.encode(new DcepMessage.Ack()).hex()).isEqualTo("02");
  }

  @Test
  void whatABrowserOpensIsUnderstood() throws Exception {
    // createDataChannel("x", {maxPacketLifeTime: 1200, protocol: "p"}) and one with 100 ms.
    assertThat(opened("03020100000004b000010001" + "7870"))
        .isEqualTo(new ChannelOptions("x", true, OptionalInt.of(2)));
    assertThat(opened("038201000000006400010000" + "78"))
        .isEqualTo(new ChannelOptions("x", false, OptionalInt.of(0)));
    assertThat(opened("03010100ffffffff00010000" + "78").maxRetransmits())
        .hasValue(Integer.MAX_VALUE);
  }

  @Test
  void onlyWholeMessagesOfKnownKindsAreTaken() throws Exception {
    for (String hex : List.of("", "00", "01", "04", "0200", "03", "030301000000000000000000")) {
      assertThatThrownBy(() -> DcepCodec.decode(Bytes.ofHex(hex)))
          .as(hex)
          .isInstanceOf(MalformedBytesException.class);
    }
    Bytes whole = DcepCodec.encode(new DcepMessage.Open(KINDS.get(0)));
    for (int size = 0; size < whole.size(); size++) {
      Bytes cut = whole.slice(0, size);
      assertThatThrownBy(() -> DcepCodec.decode(cut)).isInstanceOf(MalformedBytesException.class);
    }
    assertThatThrownBy(() -> DcepCodec.decode(whole.plus(Bytes.of((byte) 0))))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void aLabelThatIsNotTextStaysWithinBounds() {
    byte[] open = new byte[12 + 0xffff];
    Arrays.fill(open, (byte) 0xff);
    byte[] header = {3, 0, 1, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 0, 0};
    System.arraycopy(header, 0, open, 0, header.length);
    assertThatThrownBy(() -> DcepCodec.decode(Bytes.of(open)))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void noiseIsAMessageOrMalformed() {
    Random random = new Random(8832);
    int understood = 0;
    for (int round = 0; round < 100_000; round++) {
      byte[] noise =
          DcepCodec.encode(new DcepMessage.Open(KINDS.get(random.nextInt(KINDS.size())))).toArray();
      switch (random.nextInt(3)) {
        case 0 -> noise = Arrays.copyOf(noise, random.nextInt(noise.length + 4));
        case 1 -> {
          noise = new byte[random.nextInt(40)];
          random.nextBytes(noise);
        }
        default -> {}
      }
      for (int flips = random.nextInt(4); flips > 0 && noise.length > 0; flips--) {
        noise[random.nextInt(noise.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        DcepMessage message = DcepCodec.decode(Bytes.of(noise));
        assertThat(DcepCodec.encode(message).size()).isPositive();
        understood++;
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(understood).isGreaterThan(10_000);
  }
}
