// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Stands between two peers of this host, who meet nowhere else, and sees the ClientHello. */
public final class HelloTap implements AutoCloseable {
  private static final Pattern LOOPBACK = Pattern.compile(" 127\\.0\\.0\\.1 ([0-9]+) ");
  private static final int LARGEST = 1 << 16;
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int RECORD_HEADER = 13;

  private final DatagramSocket outside;
  private final DatagramSocket inside;
  private final CompletableFuture<byte[]> hello = new CompletableFuture<>();
  private volatile @Nullable SocketAddress tapped;
  private volatile @Nullable SocketAddress other;

  public HelloTap() throws IOException {
    InetAddress host = InetAddress.getLoopbackAddress();
    outside = new DatagramSocket(0, host);
    inside = new DatagramSocket(0, host);
    start(this::fromOther);
    start(this::fromTapped);
  }

  /**
   * What the other peer is to hear instead of a candidate of the tapped one, if anything. The
   * tapped one must not hear of the other's.
   */
  public Optional<String> instead(String candidate) {
    Matcher address = LOOPBACK.matcher(candidate);
    if (candidate.isEmpty()) {
      return Optional.of(candidate);
    }
    if (!address.find() || tapped != null) {
      return Optional.empty();
    }
    tapped = new InetSocketAddress(inside.getLocalAddress(), Integer.parseInt(address.group(1)));
    return Optional.of(address.replaceFirst(" 127.0.0.1 " + outside.getLocalPort() + " "));
  }

  /** The first datagram of a handshake that the other one began. */
  public byte[] hello() throws Exception {
    return hello.get(30, TimeUnit.SECONDS);
  }

  private void fromOther() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    while (true) {
      packet.setLength(LARGEST);
      outside.receive(packet);
      other = packet.getSocketAddress();
      byte[] bytes = packet.getData();
      if (packet.getLength() > RECORD_HEADER
          && bytes[0] == HANDSHAKE
          && bytes[RECORD_HEADER] == CLIENT_HELLO) {
        hello.complete(Arrays.copyOf(bytes, packet.getLength()));
      }
      pass(inside, packet, tapped);
    }
  }

  private void fromTapped() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    while (true) {
      packet.setLength(LARGEST);
      inside.receive(packet);
      pass(outside, packet, other);
    }
  }

  private static void pass(DatagramSocket from, DatagramPacket packet, @Nullable SocketAddress to)
      throws IOException {
    if (to != null) {
      from.send(new DatagramPacket(packet.getData(), packet.getLength(), to));
    }
  }

  /** Ends when the sockets are closed. */
  private interface Pump {
    void run() throws IOException;
  }

  private static void start(Pump pump) {
    Thread thread =
        new Thread(
            () -> {
              try {
                pump.run();
              } catch (IOException closed) {
                // The end.
              }
            },
            "hello-tap");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    outside.close();
    inside.close();
  }
}
