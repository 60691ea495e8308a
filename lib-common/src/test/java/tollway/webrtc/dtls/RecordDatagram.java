// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A DTLS record that fills a datagram: sealed, and opened in place by the other end. */
@State(Scope.Thread)
public class RecordDatagram {
  private static final int APPLICATION_DATA = 23;
  private static final int SIZE = 1200;

  private final byte[] keys = new byte[RecordCipher.keyBlockBytes(16)];
  private final RecordCipher client = new RecordCipher(keys, 16, false);
  private final RecordCipher server = new RecordCipher(keys, 16, true);
  private final ReplayWindow window = new ReplayWindow();
  private final byte[] plain = new byte[SIZE];
  private final byte[] wire = new byte[SIZE + RecordCipher.OVERHEAD];
  private long number = RecordCipher.FIRST_OF_LOOP;

  @Benchmark
  public int seal() {
    return client.seal(number++, APPLICATION_DATA, plain, 0, SIZE, wire, 0);
  }

  @Benchmark
  public boolean sealAndOpen() {
    long mine = number++;
    int size = client.seal(mine, APPLICATION_DATA, plain, 0, SIZE, wire, 0);
    boolean fresh = !window.isRepeated(mine);
    if (server.open(mine, APPLICATION_DATA, wire, 0, size) != SIZE) {
      throw new IllegalStateException("the record does not open");
    }
    window.add(mine);
    return fresh;
  }
}
