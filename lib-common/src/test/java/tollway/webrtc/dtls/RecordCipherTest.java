// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.tls.ProtocolVersion;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

final class RecordCipherTest {
  private static final byte[] PLAIN = "a record".getBytes(StandardCharsets.UTF_8);
  private static final int DATA = 23;

  private final byte[] keys = new byte[RecordCipher.keyBlockBytes(16)];
  private final RecordCipher client;
  private final RecordCipher server;

  RecordCipherTest() {
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (byte) i;
    }
    client = new RecordCipher(keys, 16, false);
    server = new RecordCipher(keys, 16, true);
  }

  private static byte[] seal(RecordCipher by, long number) {
    byte[] out = new byte[PLAIN.length + RecordCipher.OVERHEAD];
    assertThat(by.seal(number, DATA, PLAIN, 0, PLAIN.length, out, 0)).isEqualTo(out.length);
    return out;
  }

  @Test
  void theWireStaysAsItIs() {
    assertThat(Bytes.of(seal(client, 0x0001_0000_0000_0010L)).hex())
        .isEqualTo("000100000000001087ea05fe94022aae266fac7034478e804a08c5f4f52c1904");
    assertThat(Bytes.of(seal(server, 0x0001_0000_0000_0010L)).hex())
        .isEqualTo("00010000000000107f4bf9d5d58c3c95382ed54135e2ef12e73fabb3f015445a");
  }

  @Test
  void onlyThePeersRecordsOpenAndOnlyUnchanged() {
    byte[] sealed = seal(client, 99);
    byte[] opened = sealed.clone();
    assertThat(server.open(99, DATA, opened, 0, opened.length)).isEqualTo(PLAIN.length);
    assertThat(Arrays.copyOfRange(opened, 8, 8 + PLAIN.length)).isEqualTo(PLAIN);

    assertThat(client.open(99, DATA, sealed.clone(), 0, sealed.length)).isNegative();
    assertThat(server.open(98, DATA, sealed.clone(), 0, sealed.length)).isNegative();
    assertThat(server.open(99, DATA - 1, sealed.clone(), 0, sealed.length)).isNegative();
    for (int size = 0; size < sealed.length; size++) {
      assertThat(server.open(99, DATA, sealed.clone(), 0, size)).isNegative();
    }
    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      byte[] damaged = sealed.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(server.open(99, DATA, damaged, 0, damaged.length)).isNegative();
    }
  }

  /** Two records under one nonce would give the key away. */
  @Test
  void handshakeAndLoopNeverShareANonce() {
    Set<Bytes> nonces = new HashSet<>();
    for (long number = 0; number < 1000; number++) {
      long whole = (1L << 48) + number;
      byte[] ofHandshake =
          client.encodePlaintext(whole, (short) 22, ProtocolVersion.DTLSv12, 0, PLAIN, 0, 8).buf;
      assertThat(nonces.add(Bytes.of(Arrays.copyOf(ofHandshake, 8)))).isTrue();
      if (number >= RecordCipher.FIRST_OF_LOOP) {
        assertThat(nonces.add(Bytes.of(Arrays.copyOf(seal(client, whole), 8)))).isTrue();
      }
      byte[] copy = ofHandshake.clone();
      assertThat(server.open(whole, 22, copy, 0, copy.length)).isEqualTo(8);
    }
  }

  @Test
  void theReplayWindowKnowsWhatCame() {
    ReplayWindow window = new ReplayWindow();
    Set<Long> came = new HashSet<>();
    Random random = new Random(6347);
    long highest = -1;
    for (int round = 0; round < 50_000; round++) {
      long around = highest + random.nextInt(100) - (random.nextInt(20) == 0 ? 2000 : 60);
      long number = Math.max(0, random.nextInt(500) == 0 ? around + 5_000 : around);
      boolean old = number <= highest - ReplayWindow.SIZE;
      assertThat(window.isRepeated(number)).isEqualTo(old || came.contains(number));
      if (!window.isRepeated(number)) {
        window.add(number);
        came.add(number);
        highest = Math.max(highest, number);
      }
    }
  }
}
