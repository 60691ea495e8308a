// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.Random;

/** A neighbour that talks rubbish: sends so many datagrams of noise to all nodes on a link. */
final class Noise {
  private Noise() {}

  public static void main(String[] arguments) throws IOException {
    NetworkInterface link = NetworkInterface.getByName(arguments[0]);
    byte[] allNodes = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    InetSocketAddress group =
        new InetSocketAddress(Inet6Address.getByAddress(null, allNodes, link), 8481);
    Random random = new Random(1);
    try (MulticastSocket socket = new MulticastSocket()) {
      for (int i = Integer.parseInt(arguments[1]); i > 0; i--) {
        byte[] noise = new byte[random.nextInt(700)];
        random.nextBytes(noise);
        if (random.nextBoolean()) {
          byte[] start = "scrooge_hello AAAA ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
          System.arraycopy(start, 0, noise, 0, Math.min(start.length, noise.length));
        }
        socket.send(new DatagramPacket(noise, noise.length, group));
      }
    }
  }
}
