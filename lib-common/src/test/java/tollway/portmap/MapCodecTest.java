// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class MapCodecTest {
  private static final Bytes NONCE = hex("000102030405060708090a0b");

  private static Bytes hex(String text) {
    return Bytes.of(java.nio.ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", ""))));
  }

  private static Inet4Address address(String text) throws Exception {
    return (Inet4Address) InetAddress.getByName(text);
  }

  @Test
  void writesWhatTheStandardsDraw() throws Exception {
    assertThat(MapCodec.pcp(NONCE, address("10.0.0.2"), 5000, 600))
        .isEqualTo(
            hex(
                "0201 0000 00000258 00000000000000000000ffff0a000002"
                    + "000102030405060708090a0b 11000000 1388 0000"
                    + "00000000000000000000ffff00000000"));
    assertThat(MapCodec.natPmp(5000, 600)).isEqualTo(hex("0001 0000 1388 0000 00000258"));
    assertThat(MapCodec.outsideAddress()).isEqualTo(hex("0000"));
  }

  @Test
  void readsWhatRoutersSay() throws Exception {
    String pcp =
        "0281 00 00 00000078 00000001 000000000000000000000000"
            + "000102030405060708090a0b 11000000 1388 9c40"
            + "00000000000000000000ffffc6336401";
    assertThat(MapCodec.decode(hex(pcp), NONCE, 5000))
        .isEqualTo(new MapAnswer.Mapped(address("198.51.100.1"), 40000, 120));
    assertThat(MapCodec.decode(hex("0081 0000 00000001 1388 9c40 00000078"), NONCE, 5000))
        .isEqualTo(new MapAnswer.PortMapped(40000, 120));
    assertThat(MapCodec.decode(hex("0080 0000 00000001 c6336401"), NONCE, 5000))
        .isEqualTo(new MapAnswer.OutsideAddress(address("198.51.100.1")));
    assertThat(MapCodec.decode(hex("0080 0001 00000001"), NONCE, 5000))
        .isEqualTo(new MapAnswer.OlderProtocol());
    assertThat(MapCodec.decode(hex("0281 0002 00000000"), NONCE, 5000))
        .isEqualTo(new MapAnswer.Refused());
    Bytes forAnother = hex("000102030405060708090a0c");
    assertThatThrownBy(() -> MapCodec.decode(hex(pcp), forAnother, 5000))
        .isInstanceOf(MalformedBytesException.class);
    assertThatThrownBy(() -> MapCodec.decode(hex(pcp), NONCE, 5001))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void noiseEndsInAnAnswerOrAComplaint() throws Exception {
    Random random = new Random(6887);
    int answers = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[random.nextInt(70)];
      random.nextBytes(noise);
      if (noise.length > 4) {
        noise[0] = (byte) (random.nextBoolean() ? 0 : 2);
        noise[1] |= (byte) 0x80;
        noise[2] = 0;
        noise[3] = (byte) random.nextInt(2);
      }
      try {
        MapCodec.decode(Bytes.of(java.nio.ByteBuffer.wrap(noise)), NONCE, 5000);
        answers++;
      } catch (MalformedBytesException refused) {
        assertThat(refused).hasMessageMatching(".+");
      }
    }
    assertThat(answers).isPositive();
  }

  @Test
  void findsTheRouterOfAnInterface() throws Exception {
    List<String> routes =
        List.of(
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
            "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
            "eth1\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "odd");
    assertThat(DefaultRouter.parse(routes, "eth0")).contains(address("192.168.0.1"));
    assertThat(DefaultRouter.parse(routes, "eth2")).isEqualTo(Optional.empty());
  }
}
