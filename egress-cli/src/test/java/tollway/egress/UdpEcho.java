// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Sends every datagram back, and remembers who sent it. */
final class UdpEcho implements AutoCloseable {
  private final DatagramSocket socket;
  private final List<InetSocketAddress> senders = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::echo);

  UdpEcho() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  /** In the order in which their datagrams came. */
  List<InetSocketAddress> senders() {
    return List.copyOf(senders);
  }

  @Override
  public void close() {
    socket.close();
  }

  private void echo() {
    byte[] buffer = new byte[65_535];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        senders.add((InetSocketAddress) packet.getSocketAddress());
        socket.send(packet);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
