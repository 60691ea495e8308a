// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server (RFC 1035) on loopback that says of each name what a test wants, another thing each
 * time if need be.
 */
public final class NameServer implements AutoCloseable {
  public static final int NXDOMAIN = 3;
  public static final int SERVFAIL = 2;

  private static final int A = 1;
  private static final int AAAA = 28;

  /** What is said once: addresses of 4 and of 16 bytes, or an error. */
  private record Answer(int code, int ttl, List<byte[]> addresses) {}

  private final DatagramSocket socket;
  private final Map<String, List<Answer>> answers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  public NameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "name server");
    thread.setDaemon(true);
    thread.start();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** The next answer about {@code name}; the last one is repeated. */
  public NameServer says(String name, int ttl, String... addresses) throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (String address : addresses) {
      byte[] bytes = io.netty.util.NetUtil.createByteArrayFromIpAddressString(address);
      // A text such as ::ffff:1.2.3.4 stands for sixteen bytes on the wire.
      all.add(bytes.length == 4 && address.contains(":") ? mapped(bytes) : bytes);
    }
    answers.computeIfAbsent(name, fresh -> new ArrayList<>()).add(new Answer(0, ttl, all));
    return this;
  }

  public NameServer fails(String name, int code) {
    answers.put(name, new ArrayList<>(List.of(new Answer(code, 0, List.of()))));
    return this;
  }

  /** How often somebody asked for the IPv4 addresses of {@code name}. */
  public int asked(String name) {
    return asked.computeIfAbsent(name, fresh -> new AtomicInteger()).get();
  }

  @Override
  public void close() {
    socket.close();
  }

  private static byte[] mapped(byte[] four) {
    return ByteBuffer.allocate(16).position(10).putShort((short) -1).put(four).array();
  }

  private void serve() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        ByteBuffer query = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
        byte[] answer = answer(query);
        if (answer.length > 0) {
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private byte[] answer(ByteBuffer query) {
    short id = query.getShort(0);
    StringBuilder name = new StringBuilder();
    int at = 12;
    for (int size = query.get(at); size > 0; size = query.get(at)) {
      byte[] label = new byte[size];
      query.get(at + 1, label);
      name.append(name.length() == 0 ? "" : ".")
          .append(new String(label, StandardCharsets.US_ASCII));
      at += 1 + size;
    }
    int type = query.getShort(at + 1);
    int end = at + 5;
    List<Answer> script = answers.get(name.toString());
    if (script == null) {
      return new byte[0]; // Silence.
    }
    int turn = asked.computeIfAbsent(name.toString(), fresh -> new AtomicInteger()).get();
    if (type == A) {
      asked.get(name.toString()).incrementAndGet();
    } else {
      turn = Math.max(0, turn - 1); // Comes behind the question for IPv4.
    }
    Answer said = script.get(Math.min(turn, script.size() - 1));
    List<byte[]> fitting =
        said.addresses().stream().filter(each -> each.length == (type == A ? 4 : 16)).toList();
    ByteBuffer out = ByteBuffer.allocate(512);
    out.putShort(id).putShort((short) (0x8180 | said.code())).putShort((short) 1);
    out.putShort((short) fitting.size()).putInt(0);
    byte[] question = new byte[end - 12];
    query.get(12, question);
    out.put(question);
    for (byte[] address : fitting) {
      out.putShort((short) 0xc00c).putShort((short) (type == A ? A : AAAA)).putShort((short) 1);
      out.putInt(said.ttl()).putShort((short) address.length).put(address);
    }
    byte[] whole = new byte[out.position()];
    out.get(0, whole);
    return whole;
  }
}
