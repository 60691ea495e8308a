// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class CaptureReaderTest {
  static Stream<String> recordings() {
    return Stream.of(
        "eth.pcap",
        "any.pcap",
        "sll.pcap",
        "short.pcap",
        "big-endian-raw.pcap",
        "two-sections.pcapng",
        "tcpdump-x.txt",
        "tcpdump-xx.txt",
        "xxd.txt",
        "bare.txt");
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void findsInARecordingWhatTcpdumpFound(String name) throws Exception {
    assertThat(String.join("\n", Recordings.lines(Recordings.read(name))) + "\n")
        .isEqualTo(Recordings.read(name + ".found").utf8());
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void aCutRecordingEndsInPacketsOrAtAPlace(String name) throws Exception {
    Bytes file = Recordings.read(name);
    for (int size = 0; size < Math.min(1500, file.size()); size++) {
      survive(file.slice(0, size));
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void aDamagedRecordingEndsInPacketsOrAtAPlace(String name) throws Exception {
    byte[] file = Recordings.read(name).toArray();
    Random random = new Random(8481);
    for (int round = 0; round < 1_500; round++) {
      byte[] damaged = file.clone();
      for (int i = random.nextInt(6); i >= 0; i--) {
        damaged[random.nextInt(Math.min(file.length, 700))] = (byte) random.nextInt();
      }
      survive(Bytes.of(damaged));
    }
  }

  @Test
  void noiseEndsInPacketsOrAtAPlace() throws Exception {
    Random random = new Random(1);
    List<Bytes> heads =
        List.of(
            Bytes.EMPTY,
            Recordings.read("eth.pcap").slice(0, 24),
            Recordings.read("two-sections.pcapng").slice(0, 300),
            Bytes.ofUtf8("00000000: "),
            Bytes.ofUtf8("\t0x0000:  "));
    for (int round = 0; round < 10_000; round++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      survive(heads.get(round % heads.size()).plus(Bytes.of(noise)));
    }
  }

  /** The one exception there may be says where. */
  private static void survive(Bytes file) throws Exception {
    try {
      Recordings.lines(file);
    } catch (MalformedBytesException wrong) {
      assertThat(wrong).hasMessageMatching("(?s)byte [0-9]+: .+");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 7:00000000: 00:",
        "abc",
        "zz",
        "00000010: 00",
        "00000000: 0 0",
        "0x0000:  00\n0x0020:  00"
      })
  void badHexIsToldWithItsLine(String text) {
    assertThatThrownBy(() -> Recordings.lines(Bytes.ofUtf8(text)))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageMatching("byte [0-9]+: line [12]: .*");
  }

  @Test
  void anEndlessLineOfHexIsRefused() {
    byte[] endless = "ab".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> CaptureReader.open(new ByteArrayInputStream(endless)).next())
        .hasMessage("byte 0: line 1: a line of more than 1048576 bytes");
  }

  @Test
  void anEmptyFileHasNoPackets() throws Exception {
    assertThat(Recordings.packets(Bytes.EMPTY)).isEmpty();
  }

  @Test
  void whatIsNoRecordingIsRefusedAtItsBeginning() {
    assertThatThrownBy(() -> Recordings.packets(Bytes.of(new byte[] {0x7f, 'E', 'L', 'F'})))
        .hasMessage("byte 0: neither pcap nor pcapng nor a hex dump");
    assertThatThrownBy(() -> Recordings.packets(Bytes.of(new byte[] {0x1f, (byte) 0x8b, 8, 0})))
        .hasMessage("byte 0: compressed: use 'gunzip -c' first");
  }

  @Test
  void aFileThatIsStillWrittenTellsWhereItEnds() throws Exception {
    Bytes file = Recordings.read("eth.pcap");
    assertThatThrownBy(() -> Recordings.packets(file.slice(0, 100)))
        .hasMessage("byte 40: the file ends 60 bytes into a packet of 231 bytes");
    assertThatThrownBy(() -> Recordings.packets(file.slice(0, 30)))
        .hasMessage("byte 24: the file ends 6 bytes into a packet header of 16 bytes");
    assertThatThrownBy(() -> Recordings.packets(file.slice(0, 40)))
        .hasMessage("byte 40: the file ends before a packet of 231 bytes");
  }

  @Test
  void aLengthThatCannotBeIsToldBeforeItIsBelieved() throws Exception {
    byte[] pcap = Recordings.read("eth.pcap").toArray();
    pcap[34] = (byte) 0xff;
    assertThatThrownBy(() -> Recordings.packets(Bytes.of(pcap)))
        .hasMessage("byte 32: a packet of 16711911 bytes");
    byte[] pcapng = Recordings.read("two-sections.pcapng").toArray();
    pcapng[7] = 0x7f;
    assertThatThrownBy(() -> Recordings.packets(Bytes.of(pcapng)))
        .hasMessage("byte 4: a block of 2130706512 bytes");
  }
}
