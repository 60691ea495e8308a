// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that sends UDP packets of 1,200 bytes at a steady rate, {@code send ADDRESS KBIT}, or
 * swallows them, {@code sink}, until it is killed.
 */
final class UdpLoad {
  private static final int PORT = 9000;
  private static final int PAYLOAD = 1200;
  private static final int HEADERS = 28;

  private UdpLoad() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("sink")) {
      sink();
    } else {
      send(InetAddress.getByName(arguments[1]), Long.parseLong(arguments[2]));
    }
  }

  private static void sink() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(PORT)) {
      DatagramPacket packet = new DatagramPacket(new byte[PAYLOAD], PAYLOAD);
      while (!Thread.interrupted()) {
        socket.receive(packet);
      }
    }
  }

  private static void send(InetAddress to, long kbit) throws IOException {
    long gap = (PAYLOAD + HEADERS) * 8L * 1_000_000 / kbit;
    try (DatagramSocket socket = new DatagramSocket()) {
      DatagramPacket packet = new DatagramPacket(new byte[PAYLOAD], PAYLOAD, to, PORT);
      long next = System.nanoTime();
      while (!Thread.interrupted()) {
        try {
          socket.send(packet);
        } catch (IOException fullOrUnreachable) {
          // As lost as if the wire had dropped it.
        }
        next = Math.max(next + gap, System.nanoTime() - 20 * gap);
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }
}
