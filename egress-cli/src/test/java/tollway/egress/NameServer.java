// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Says of every name that it is 127.0.0.1 (RFC 1035 §4.1). */
final class NameServer implements AutoCloseable {
  private static final short RESPONSE = (short) 0x8180;

  private final DatagramSocket socket;

  NameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::answer);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    socket.close();
  }

  private void answer() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        ByteBuffer answer = ByteBuffer.allocate(packet.getLength() + 16);
        answer.put(packet.getData(), 0, packet.getLength());
        answer.putShort(2, RESPONSE).putShort(6, (short) 1);
        answer.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).putInt(60);
        answer.putShort((short) 4).put(new byte[] {127, 0, 0, 1});
        socket.send(
            new DatagramPacket(answer.array(), answer.position(), packet.getSocketAddress()));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
