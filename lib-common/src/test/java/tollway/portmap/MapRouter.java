// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import tollway.exec.HostCommand;

/**
 * A router that opens ports for real, in the namespace it runs in: every mapping is an element of
 * nft's map {@code ip n ports}. Arguments: {@code pcp} or {@code nat-pmp}, and its outside address.
 */
public final class MapRouter {
  private final boolean pcp;
  private final byte[] outside;

  private MapRouter(boolean pcp, byte[] outside) {
    this.pcp = pcp;
    this.outside = outside;
  }

  public static void main(String[] arguments) throws IOException {
    MapRouter router =
        new MapRouter(arguments[0].equals("pcp"), InetAddress.getByName(arguments[1]).getAddress());
    HostCommand.run(
        List.of(
            "nft",
            "add map ip n ports { type inet_service : ipv4_addr . inet_service; };"
                + " add chain ip n opened { type nat hook prerouting priority -101; };"
                + " add rule ip n opened iifname outside dnat ip to udp dport map @ports;"
                + " add rule ip n here iifname inside udp dport "
                + PortMapping.SERVER_PORT
                + " accept"));
    try (DatagramSocket socket = new DatagramSocket(PortMapping.SERVER_PORT)) {
      System.out.println("open");
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[1100], 1100);
        socket.receive(packet);
        byte[] answer =
            router.answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), packet);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    }
  }

  private byte[] answer(ByteBuffer in, DatagramPacket from) throws IOException {
    int version = in.get(0);
    if (version == 2 && !pcp) {
      return new byte[] {0, (byte) 0x80, 0, 1, 0, 0, 0, 1}; // RFC 6886 §3.5
    }
    if (version == 2) {
      int seconds = in.getInt(4);
      int port = in.getShort(40) & 0xffff;
      map(from.getAddress(), port, seconds);
      byte[] out = Arrays.copyOf(from.getData(), 60);
      ByteBuffer answer = ByteBuffer.wrap(out);
      answer.put(1, (byte) 0x81).putInt(4, seconds).putInt(8, 1);
      answer.putLong(12, 0).putInt(20, 0).putShort(42, (short) outsidePort(port));
      answer.position(56).put(outside);
      return out;
    }
    if (in.get(1) == 0) {
      return ByteBuffer.allocate(12).putInt(0x00800000).putInt(1).put(outside).array();
    }
    int port = in.getShort(4) & 0xffff;
    int seconds = in.getInt(8);
    map(from.getAddress(), port, seconds);
    return ByteBuffer.allocate(16)
        .putInt(0x00810000)
        .putInt(1)
        .putShort((short) port)
        .putShort((short) outsidePort(port))
        .putInt(seconds)
        .array();
  }

  /** Never the same inside and outside: nobody gets by without being told. */
  private static int outsidePort(int port) {
    return (port ^ 1) | 0x8000;
  }

  private void map(InetAddress host, int port, int seconds) throws IOException {
    String element = "{ " + outsidePort(port) + " : " + host.getHostAddress() + " . " + port + " }";
    HostCommand.attempt(List.of("nft", "delete element ip n ports " + element), "");
    if (seconds > 0) {
      HostCommand.run(List.of("nft", "add element ip n ports " + element));
    }
  }
}
