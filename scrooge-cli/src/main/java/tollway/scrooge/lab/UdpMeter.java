// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends UDP at a steady rate, and counts by source what arrives. */
final class UdpMeter {
  private static final int PAYLOAD = 1200;
  private static final int MOST_KBIT = 200_000;
  private static final int MOST_SECONDS = 120;
  private static final int SOURCES = 64;

  private UdpMeter() {}

  /** Says when it listens, and in the end what arrived after {@code after}. */
  static void receive(int port, int seconds, long after, PrintWriter out) throws IOException {
    Map<String, JsonObject> bySource = new TreeMap<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.min(seconds, MOST_SECONDS));
    long first = 0;
    long last = 0;
    try (DatagramSocket socket = new DatagramSocket(port)) {
      socket.setReceiveBufferSize(4 << 20);
      JsonObject ready = new JsonObject();
      ready.addProperty("event", "ready");
      out.println(ready);
      out.flush();
      DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
      for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
        socket.setSoTimeout((int) Math.max(1, (end - now) / 1_000_000));
        try {
          packet.setLength(2048);
          socket.receive(packet);
        } catch (SocketTimeoutException over) {
          break;
        }
        if (System.currentTimeMillis() >= after) {
          count(bySource, packet);
          last = System.nanoTime();
          first = first == 0 ? last : first;
        }
      }
    }
    JsonObject sources = new JsonObject();
    bySource.forEach(sources::add);
    JsonObject result = new JsonObject();
    result.add("bySource", sources);
    result.addProperty("seconds", (last - first) / 1e9); // From the first arrival to the last.
    out.println(result);
  }

  private static void count(Map<String, JsonObject> bySource, DatagramPacket packet) {
    String source = packet.getAddress().getHostAddress();
    JsonObject counts = bySource.get(source);
    if (counts == null) {
      if (bySource.size() >= SOURCES) {
        return;
      }
      counts = new JsonObject();
      counts.addProperty("datagrams", 0L);
      counts.addProperty("bytes", 0L);
      bySource.put(source, counts);
    }
    counts.addProperty("datagrams", counts.get("datagrams").getAsLong() + 1);
    counts.addProperty("bytes", counts.get("bytes").getAsLong() + packet.getLength());
  }

  /** So many bits of payload a second. */
  record Sending(String source, String target, int port, int kbit, int seconds) {
    /** Not before {@code at}, but at most a minute late. */
    void run(long at, PrintWriter out) throws IOException {
      long wait = Math.min(at - System.currentTimeMillis(), 60_000);
      if (wait > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(wait));
      }
      long rate = Math.min(kbit, MOST_KBIT) * 1000L / 8;
      long begun = System.nanoTime();
      long end = begun + TimeUnit.SECONDS.toNanos(Math.min(seconds, MOST_SECONDS));
      long sent = 0;
      try (DatagramSocket socket =
          new DatagramSocket(new InetSocketAddress(InetAddress.getByName(source), 0))) {
        InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(target), port);
        DatagramPacket packet = new DatagramPacket(new byte[PAYLOAD], PAYLOAD, to);
        for (long now = begun; now < end; now = System.nanoTime()) {
          if (sent <= (now - begun) / 1e9 * rate) {
            socket.send(packet);
            sent += PAYLOAD;
          } else {
            LockSupport.parkNanos(500_000);
          }
        }
      }
      JsonObject result = new JsonObject();
      result.addProperty("bytes", sent);
      out.println(result);
    }
  }
}
