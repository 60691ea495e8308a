// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Talks rubbish to every socket that a process has open, as the kernel lists them. */
final class Garbage {
  private static final int TCP_LISTEN = 10;

  private static final String UPGRADE =
      " HTTP/1.1|Host: a|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 13|"
          + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==||";

  /** What a peer of each port might begin with before it goes on with noise; | ends a line. */
  private static final List<String> BEGINNINGS =
      List.of(
          "",
          "GET / HTTP/1.1|Host: a|",
          "GET /v1/paths" + UPGRADE,
          "GET /v2/signal" + UPGRADE,
          "CONNECT a:1 HTTP/1.1||",
          "POST http://a/ HTTP/1.1|Host: a|Content-Length: 99999999||",
          "\u0005\u0001\u0000\u0005\u0001\u0000\u0003",
          "\u0016\u0003\u0001\u0002");

  private final Random random = new Random(7);

  /** Returns the ports that it spoke to. */
  Set<Integer> throwAt(Process process) throws IOException {
    Set<String> sockets = socketsOf(process);
    Set<Integer> tcp = ports("tcp", sockets, true);
    Set<Integer> udp = ports("udp", sockets, false);
    for (int port : tcp) {
      talk(port);
    }
    for (int port : udp) {
      shout(port);
    }
    Set<Integer> all = new HashSet<>(tcp);
    all.addAll(udp);
    return all;
  }

  private void talk(int port) throws IOException {
    List<Socket> left = new ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        left.add(socket); // Not closed yet: some would rather wait for more.
        String beginning = BEGINNINGS.get(i % BEGINNINGS.size()).replace("|", "\r\n");
        say(socket, beginning.getBytes(StandardCharsets.ISO_8859_1));
        say(socket, noise(8000));
      }
    } finally {
      for (Socket socket : left) {
        socket.close();
      }
    }
  }

  private static void say(Socket socket, byte[] what) {
    try {
      socket.getOutputStream().write(what);
    } catch (IOException hungUp) {
      // That is an answer, too.
    }
  }

  /** Each kind that RFC 7983 tells apart by its first byte, and noise. */
  private void shout(int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < 2000; i++) {
        byte[] noise = noise(1500);
        if (noise.length > 8 && i % 2 == 0) {
          noise[0] = (byte) List.of(0, 1, 20, 22, 23, 25, 64, 128).get(i / 2 % 8).intValue();
          noise[1] = 1;
        }
        socket.send(
            new DatagramPacket(
                noise,
                noise.length,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
      }
    }
  }

  private byte[] noise(int most) {
    byte[] noise = new byte[random.nextInt(most)];
    random.nextBytes(noise);
    return noise;
  }

  private static Set<String> socketsOf(Process process) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (var open =
        Files.newDirectoryStream(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
      for (Path descriptor : open) {
        String target = Files.readSymbolicLink(descriptor).toString();
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring(8, target.length() - 1));
        }
      }
    }
    return inodes;
  }

  /** proc(5): local address in column 1, state in column 3, inode in column 9. */
  private static Set<Integer> ports(String protocol, Set<String> sockets, boolean listening)
      throws IOException {
    Set<Integer> ports = new HashSet<>();
    for (String table : List.of(protocol, protocol + "6")) {
      List<String> lines = Files.readAllLines(Path.of("/proc/net", table));
      for (String line : lines.subList(1, lines.size())) {
        String[] columns = line.strip().split("\\s+");
        boolean listens = Integer.parseInt(columns[3], 16) == TCP_LISTEN;
        if (sockets.contains(columns[9]) && (listens || !listening)) {
          ports.add(Integer.parseInt(columns[1].replaceFirst(".*:", ""), 16));
        }
      }
    }
    return ports;
  }
}
