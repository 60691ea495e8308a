// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/** Everything that somebody on the same link can try with datagrams alone. */
final class HostileNeighbor {
  private static final int PORT = 8481;
  private static final int MOST_RATE = 20_000;
  private static final int MOST_SECONDS = 60;
  private static final int MOST_RECORDED = 10_000;

  private HostileNeighbor() {}

  /** Rubbish, and what looks like a message at first sight. */
  static void noise(String device, int rate, int seconds, int seed, PrintWriter out)
      throws IOException {
    Random random = new Random(seed);
    int perSecond = Math.min(rate, MOST_RATE);
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(Math.min(seconds, MOST_SECONDS));
    long sent = 0;
    try (DatagramSocket socket = new DatagramSocket()) {
      InetSocketAddress group = group(device);
      for (long now = begun; now < end; now = System.nanoTime()) {
        if (sent <= (now - begun) / 1e9 * perSecond) {
          send(socket, group, rubbish(random));
          sent++;
        } else {
          LockSupport.parkNanos(500_000);
        }
      }
    }
    answer("sent", sent, out);
  }

  private static byte[] rubbish(Random random) {
    byte[] noise = new byte[random.nextInt(700)];
    random.nextBytes(noise);
    byte[] start =
        switch (random.nextInt(3)) {
          case 0 -> new byte[0];
          case 1 -> ascii("scrooge_hello AAAA ");
          default -> wellFormed(random);
        };
    System.arraycopy(start, 0, noise, 0, Math.min(start.length, noise.length));
    return random.nextInt(3) == 0 && start.length > noise.length ? start : noise;
  }

  /** Passes every check but that of the signature. */
  private static byte[] wellFormed(Random random) {
    byte[] signature = new byte[Identity.SIGNATURE_SIZE];
    random.nextBytes(signature);
    // The base point of the curve: a key like any other.
    return ascii(
        "scrooge_hello WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY= [fe80::1]:8481 "
            + (1 + random.nextInt(1_000_000_000))
            + " "
            + Bytes.of(signature).base64());
  }

  /** What is said to all on the link. One datagram a line, as it was sent. */
  static void record(String device, int seconds, String file, PrintWriter out) throws IOException {
    List<String> heard = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.min(seconds, MOST_SECONDS));
    try (MulticastSocket socket = new MulticastSocket(PORT)) {
      socket.joinGroup(new InetSocketAddress(group(device).getAddress(), PORT), link(device));
      DatagramPacket packet = new DatagramPacket(new byte[1024], 1024);
      for (long now = System.nanoTime();
          now < end && heard.size() < MOST_RECORDED;
          now = System.nanoTime()) {
        socket.setSoTimeout((int) Math.max(1, (end - now) / 1_000_000));
        try {
          packet.setLength(1024);
          socket.receive(packet);
        } catch (SocketTimeoutException over) {
          break;
        }
        heard.add(Bytes.of(packet.getData()).slice(0, packet.getLength()).base64());
      }
    }
    Files.write(Path.of(file), heard, StandardCharsets.US_ASCII);
    answer("recorded", heard.size(), out);
  }

  /** To all on the link, in order, and once more in a random order. */
  static void replay(String device, String file, int times, PrintWriter out)
      throws IOException, MalformedBytesException {
    List<byte[]> datagrams = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(file), StandardCharsets.US_ASCII)) {
      datagrams.add(Bytes.ofBase64(line).toArray());
    }
    long sent = 0;
    try (DatagramSocket socket = new DatagramSocket()) {
      InetSocketAddress group = group(device);
      for (int round = 0; round < times; round++) {
        for (byte[] datagram : datagrams) {
          send(socket, group, datagram);
          sent++;
          LockSupport.parkNanos(1_000_000);
        }
        Collections.shuffle(datagrams, new Random(round));
      }
    }
    answer("sent", sent, out);
  }

  /** Messages that name somebody's key and are signed by another. */
  static void forge(String device, String publicKey, int count, PrintWriter out)
      throws IOException, MalformedBytesException {
    NodeId victim = NodeId.parse(publicKey);
    SecureRandom random = new SecureRandom();
    Identity liar = Identity.generate(random);
    Bytes key = tunnelKey(random);
    Endpoint here = new Endpoint(ownAddress(device), device, PORT);
    long sent = 0;
    try (DatagramSocket socket = new DatagramSocket()) {
      InetSocketAddress group = group(device);
      for (int i = 0; i < count; i++) {
        long seqno = System.currentTimeMillis() * 1000 + i + 60_000_000;
        for (LinkMessage message :
            List.of(
                new LinkMessage.Hello(victim, here, seqno),
                new LinkMessage.HelloConfirm(victim, here, seqno),
                new LinkMessage.Tunnel(victim, key, here, seqno))) {
          String text = LinkCodec.format(message);
          Bytes signature = liar.sign(Bytes.ofUtf8(text));
          send(socket, group, ascii(text + " " + signature.base64()));
          sent++;
          LockSupport.parkNanos(20_000_000); // Else the budget drops it, unread.
        }
      }
    }
    answer("sent", sent, out);
  }

  /**
   * Anything but ours; a message holds only canonical keys, which are below 2^255 (RFC 7748 §5).
   */
  static Bytes tunnelKey(Random random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    key[31] &= 0x7f;
    return Bytes.of(key);
  }

  private static Bytes ownAddress(String device) throws IOException {
    return link(device)
        .inetAddresses()
        .filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress())
        .findFirst()
        .map(address -> Bytes.of(address.getAddress()))
        .orElseThrow(() -> new IOException(device + " has no link-local address"));
  }

  private static NetworkInterface link(String device) throws IOException {
    NetworkInterface link = NetworkInterface.getByName(device);
    if (link == null) {
      throw new UserErrorException("no interface '" + device + "' here");
    }
    return link;
  }

  private static InetSocketAddress group(String device) throws IOException {
    byte[] allNodes = new byte[16];
    allNodes[0] = (byte) 0xff;
    allNodes[1] = 2;
    allNodes[15] = 1;
    InetAddress address = Inet6Address.getByAddress(null, allNodes, link(device));
    return new InetSocketAddress(address, PORT);
  }

  private static void send(DatagramSocket socket, InetSocketAddress to, byte[] datagram)
      throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length, to));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void answer(String name, long value, PrintWriter out) {
    JsonObject result = new JsonObject();
    result.addProperty(name, value);
    out.println(result);
  }
}
