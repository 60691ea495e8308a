// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A program that speaks SOCKS5, byte by byte. */
final class SocksClient {
  static final int SUCCEEDED = 0;

  private static final int CONNECT = 1;
  private static final int ASSOCIATE = 3;

  private final InetSocketAddress proxy;

  /** {@code proxy} is HOST:PORT. */
  SocksClient(String proxy) {
    int colon = proxy.lastIndexOf(':');
    this.proxy =
        new InetSocketAddress(
            proxy.substring(0, colon), Integer.parseInt(proxy.substring(colon + 1)));
  }

  /** A connection to the proxy that has said nothing yet. */
  Socket dial() throws IOException {
    Socket socket = new Socket();
    socket.connect(proxy);
    socket.setSoTimeout(60_000);
    return socket;
  }

  /** Connected to a name or an IPv4 address. */
  Socket connect(String host, int port) throws IOException {
    Socket socket = greeted();
    int status = ask(socket, connectRequest(host, port));
    if (status != SUCCEEDED) {
      socket.close();
      throw new IOException("reply " + status);
    }
    return socket;
  }

  /** The reply's code. */
  int tryConnect(String host, int port) throws IOException {
    try (Socket socket = greeted()) {
      return ask(socket, connectRequest(host, port));
    }
  }

  static byte[] connectRequest(String host, int port) {
    return request(CONNECT, host, port);
  }

  /** An association: the connection that keeps it, and where datagrams are taken. */
  record Association(int status, Socket control, InetSocketAddress relay) {}

  /** {@code port} is where the datagrams will come from, or 0. */
  Association associate(int port) throws IOException {
    Socket socket = greeted();
    socket.getOutputStream().write(request(ASSOCIATE, "0.0.0.0", port));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] reply = in.readNBytes(10);
    if (reply.length < 10) {
      throw new IOException("no reply: " + HexFormat.of().formatHex(reply));
    }
    ByteBuffer bound = ByteBuffer.wrap(reply, 4, 6);
    byte[] address = new byte[4];
    bound.get(address);
    return new Association(
        reply[1],
        socket,
        new InetSocketAddress(InetAddress.getByAddress(address), bound.getShort() & 0xffff));
  }

  /** What stands in front of a datagram's payload. */
  static byte[] datagram(int fragment, String host, int port, byte[] payload) {
    byte[] peer = peer(host, port);
    return ByteBuffer.allocate(3 + peer.length + payload.length)
        .put(new byte[] {0, 0, (byte) fragment})
        .put(peer)
        .put(payload)
        .array();
  }

  /** Greeted without authentication. */
  Socket greeted() throws IOException {
    Socket socket = dial();
    socket.getOutputStream().write(new byte[] {5, 1, 0});
    if (new DataInputStream(socket.getInputStream()).readShort() != 0x0500) {
      throw new IOException("the proxy wants a password");
    }
    return socket;
  }

  private static int ask(Socket socket, byte[] request) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(request);
    byte[] reply = new byte[10];
    new DataInputStream(socket.getInputStream()).readFully(reply);
    return reply[1];
  }

  private static byte[] request(int command, String host, int port) {
    byte[] peer = peer(host, port);
    return ByteBuffer.allocate(3 + peer.length)
        .put(new byte[] {5, (byte) command, 0})
        .put(peer)
        .array();
  }

  private static byte[] peer(String host, int port) {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer peer = ByteBuffer.allocate(4 + name.length + 4);
    if (host.matches("[0-9.]+")) {
      peer.put((byte) 1);
      for (String octet : host.split("\\.", -1)) {
        peer.put((byte) Integer.parseInt(octet));
      }
    } else {
      peer.put((byte) 3).put((byte) name.length).put(name);
    }
    peer.putShort((short) port).flip();
    byte[] bytes = new byte[peer.remaining()];
    peer.get(bytes);
    return bytes;
  }
}
