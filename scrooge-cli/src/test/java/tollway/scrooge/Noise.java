// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/**
 * A neighbour that talks rubbish to all nodes on a link. Arguments: the interface, how many
 * datagrams, and how many a second (as fast as it can when there is none); with a rate every third
 * is a hello of one of many keys, said again and again, and every other goes to the side port.
 */
final class Noise {
  private static final int KEYS = 500;
  private static final byte[] START = "scrooge_hello AAAA ".getBytes(StandardCharsets.US_ASCII);

  private Noise() {}

  public static void main(String[] arguments) throws IOException {
    NetworkInterface link = NetworkInterface.getByName(arguments[0]);
    byte[] allNodes = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    Inet6Address group = Inet6Address.getByAddress(null, allNodes, link);
    int count = Integer.parseInt(arguments[1]);
    double rate = arguments.length > 2 ? Double.parseDouble(arguments[2]) : 0;
    Random random = new Random(1);
    List<byte[]> hellos = rate > 0 ? hellos(random) : List.of();
    long begun = System.nanoTime();
    try (MulticastSocket socket = new MulticastSocket()) {
      for (int i = 0; i < count; i++) {
        boolean hello = !hellos.isEmpty() && i % 3 == 0;
        byte[] noise = hello ? hellos.get(i / 3 % KEYS) : noise(random);
        int port = !hellos.isEmpty() && i % 2 == 1 ? SidePort.PORT : 8481;
        socket.send(new DatagramPacket(noise, noise.length, new InetSocketAddress(group, port)));
        if (rate > 0 && i % 64 == 0) {
          LockSupport.parkNanos(begun + (long) (i / rate * 1e9) - System.nanoTime());
        }
      }
    }
    System.out.println(Math.round(count / ((System.nanoTime() - begun) / 1e9)));
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[random.nextInt(700)];
    random.nextBytes(noise);
    if (random.nextBoolean()) {
      System.arraycopy(START, 0, noise, 0, Math.min(START.length, noise.length));
    }
    return noise;
  }

  private static List<byte[]> hellos(Random random) {
    List<byte[]> hellos = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      byte[] seed = new byte[32];
      random.nextBytes(seed);
      Identity identity = Identity.ofSeed(Bytes.of(seed));
      byte[] address = new byte[16];
      address[0] = (byte) 0xfe;
      address[1] = (byte) 0x80;
      address[15] = (byte) (1 + i % 100);
      LinkMessage hello =
          new LinkMessage.Hello(identity.nodeId(), new Endpoint(Bytes.of(address), "", 8481), 1);
      hellos.add(LinkCodec.sign(hello, identity).toArray());
    }
    return hellos;
  }
}
