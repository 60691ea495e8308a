// SPDX-License-Identifier: Apache-2.0

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Bad wires in user space, for kernels without netem: each joins two TUN interfaces, whose
 * descriptors it inherits, and delays, loses and slows what passes, the same in both directions.
 * Started by {@code scripts/lab/wire}, with one argument a wire: {@code
 * FD,FD,DELAY_MS,LOSS_PERCENT,RATE_MBIT,QUEUE_KB}; a rate of 0 is none. Order is kept. Two threads
 * a direction.
 */
final class Wire {
  /** The longest packet of a TUN interface that we make. */
  private static final int MTU = 1500;

  /** Packets on their way or queued in one direction; the next is lost. */
  private static final int MOST = 1 << 14;

  private final FileInputStream from;
  private final FileOutputStream to;
  private final long delay;
  private final double loss;
  private final double nanosPerByte;
  private final long queueNanos;
  private final Random random;
  private final byte[][] packets = new byte[MOST][];
  private final int[] sizes = new int[MOST];
  private final long[] due = new long[MOST];
  private volatile long read;
  private volatile long written;
  private volatile boolean idle;

  private Wire(int from, int to, String[] kind, long seed) throws ReflectiveOperationException {
    this.from = new FileInputStream(descriptor(from));
    this.to = new FileOutputStream(descriptor(to));
    delay = (long) (Double.parseDouble(kind[2]) * 1e6);
    loss = Double.parseDouble(kind[3]) / 100;
    double rate = Double.parseDouble(kind[4]);
    nanosPerByte = rate == 0 ? 0 : 8e3 / rate;
    queueNanos = (long) (Double.parseDouble(kind[5]) * 1000 * nanosPerByte);
    random = new Random(seed);
  }

  public static void main(String[] wires) throws ReflectiveOperationException {
    for (int i = 0; i < wires.length; i++) {
      String[] kind = wires[i].split(",");
      int a = Integer.parseInt(kind[0]);
      int b = Integer.parseInt(kind[1]);
      new Wire(a, b, kind, 2L * i).start();
      new Wire(b, a, kind, 2L * i + 1).start();
    }
    System.out.println("ready");
  }

  private static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
    FileDescriptor descriptor = new FileDescriptor();
    Field field = FileDescriptor.class.getDeclaredField("fd");
    field.setAccessible(true);
    field.setInt(descriptor, number);
    return descriptor;
  }

  private void start() {
    Thread writer = new Thread(this::write, "writer");
    writer.start();
    new Thread(() -> read(writer), "reader").start();
  }

  private void read(Thread writer) {
    long free = System.nanoTime(); // When the last packet has left the queue.
    try {
      while (true) {
        int at = (int) (read % MOST);
        if (packets[at] == null) {
          packets[at] = new byte[MTU];
        }
        int size = from.read(packets[at]);
        long now = System.nanoTime();
        if (size <= 0
            || random.nextDouble() < loss
            || read - written == MOST - 1
            || (nanosPerByte > 0 && free - now > queueNanos)) {
          continue;
        }
        free = Math.max(free, now) + (long) (size * nanosPerByte);
        sizes[at] = size;
        due[at] = free + delay;
        read++; // Publishes the packet.
        if (idle) {
          LockSupport.unpark(writer);
        }
      }
    } catch (IOException gone) {
      System.exit(0);
    }
  }

  private void write() {
    while (true) {
      if (written == read) {
        idle = true;
        if (written == read) {
          LockSupport.park();
        }
        idle = false;
        continue;
      }
      int at = (int) (written % MOST);
      long early = due[at] - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(early);
        continue;
      }
      try {
        to.write(packets[at], 0, sizes[at]);
      } catch (IOException full) {
        // The interface is down: the packet is lost.
      }
      written++;
    }
  }
}
