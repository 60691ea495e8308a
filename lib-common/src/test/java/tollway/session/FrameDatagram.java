// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tollway.bytes.MalformedBytesException;
import tollway.loop.ManualEventLoop;

/** A QUIC packet into a data frame and out of it again, in order. */
@State(Scope.Thread)
public class FrameDatagram {
  private static final int PACKET = 1180;
  private static final int FRAME = 16_384;

  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final ByteBuf packet = allocator.directBuffer(PACKET).writeZero(PACKET);
  private final Resequencer resequencer = new Resequencer(new ManualEventLoop(), ByteBuf::release);
  private final PacketBatch batch = new PacketBatch(allocator, FRAME, this::arrived);

  private void arrived(ByteBuf frame, int packets) {
    try {
      DataFrames.split(frame, resequencer::accept);
    } catch (MalformedBytesException wrong) {
      throw new IllegalStateException(wrong);
    } finally {
      frame.release();
    }
  }

  @Benchmark
  public void frameAndResequence() {
    batch.add(packet);
    batch.flush();
  }
}
