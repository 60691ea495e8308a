// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tollway.bytes.MalformedBytesException;

/** A packet with one DATA chunk that fills a datagram, to bytes and back. */
@State(Scope.Thread)
public class SctpDatagram {
  private static final int PAYLOAD = 1172;

  private final ByteBuf payload = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(PAYLOAD);
  private final ByteBuf wire = PooledByteBufAllocator.DEFAULT.directBuffer(1228);
  private final ByteBuf arrived = PooledByteBufAllocator.DEFAULT.directBuffer(1228);
  private int tsn;

  public SctpDatagram() {
    write(arrived);
  }

  private void write(ByteBuf out) {
    SctpCodec.begin(out, 5000, 5000, 1);
    SctpCodec.writeData(out, 7, tsn++, 0, 0, 53, payload, 0, PAYLOAD);
    SctpCodec.finish(out, 0);
  }

  @Benchmark
  public ByteBuf encode() {
    wire.clear();
    write(wire);
    return wire;
  }

  @Benchmark
  public Object decode() throws MalformedBytesException {
    return SctpCodec.decode(arrived);
  }
}
