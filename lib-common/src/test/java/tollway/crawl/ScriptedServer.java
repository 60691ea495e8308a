// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/**
 * STUN servers, honest and otherwise. As a process of its own: {@code KIND ADDRESS:PORT …} until
 * its standard input ends.
 */
public final class ScriptedServer implements AutoCloseable {
  /** What it does with a request. */
  public enum Kind {
    HONEST,
    /** Tells everybody the same false address. */
    LIAR,
    GARBAGE,
    WRONG_ID,
    REFUSING,
    /** Answers without the address. */
    EMPTY,
    SILENT,
    /** A different false port each time. */
    FICKLE,
    /** Answers one question of three. */
    DEAF,
    /** Answers with a fingerprint that is wrong. */
    SMUDGED
  }

  private final Kind kind;
  private final DatagramSocket socket;
  private final AtomicInteger asked = new AtomicInteger();
  private final Random random = new Random(7);

  public ScriptedServer(Kind kind, InetSocketAddress at) throws IOException {
    this.kind = kind;
    socket = new DatagramSocket(at);
    Thread thread = new Thread(this::serve, "scripted-" + kind);
    thread.setDaemon(true);
    thread.start();
  }

  /** On a free port of an address of this host. */
  public static ScriptedServer on(Kind kind, String host) throws IOException {
    return new ScriptedServer(kind, new InetSocketAddress(host, 0));
  }

  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < arguments.length; i += 2) {
      String at = arguments[i + 1];
      int colon = at.lastIndexOf(':');
      new ScriptedServer(
          Kind.valueOf(arguments[i].toUpperCase(Locale.ROOT)),
          new InetSocketAddress(
              InetAddress.getByName(at.substring(0, colon)),
              Integer.parseInt(at.substring(colon + 1))));
    }
    System.out.println("open");
    System.in.read();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  public int asked() {
    return asked.get();
  }

  private void serve() {
    byte[] buffer = new byte[2000];
    try {
      while (!socket.isClosed()) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        int number = asked.incrementAndGet();
        StunMessage request = StunCodec.decode(Bytes.of(Arrays.copyOf(buffer, packet.getLength())));
        byte[] answer = answer(request, (InetSocketAddress) packet.getSocketAddress(), number);
        if (answer.length > 0) {
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (SocketException closed) {
      // The end of the test.
    } catch (IOException | MalformedBytesException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }

  private byte[] answer(StunMessage request, InetSocketAddress from, int number) {
    StunMessage truth = request.success(new StunAttribute.XorMappedAddress(from));
    return switch (kind) {
      case HONEST -> bytes(truth);
      case LIAR -> bytes(request.success(mapped(new InetSocketAddress("203.0.113.66", 6666))));
      case GARBAGE ->
          "no STUN, \u001b[31mhonestly".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      case WRONG_ID ->
          bytes(
              StunMessage.request(StunMessage.newTransactionId(random))
                  .success(new StunAttribute.XorMappedAddress(from)));
      case REFUSING -> bytes(request.error(401));
      case EMPTY -> bytes(request.success());
      case SILENT -> new byte[0];
      case FICKLE ->
          bytes(
              request.success(
                  mapped(new InetSocketAddress(from.getAddress(), 1024 + number % 60_000))));
      case DEAF -> number % 3 == 1 ? bytes(truth) : new byte[0];
      case SMUDGED -> {
        byte[] spoiled =
            bytes(
                new StunMessage(
                    1,
                    StunMessage.Kind.SUCCESS,
                    request.transactionId(),
                    truth.attributes(),
                    true));
        spoiled[spoiled.length - 1] ^= 1;
        yield spoiled;
      }
    };
  }

  private static StunAttribute mapped(InetSocketAddress address) {
    return new StunAttribute.XorMappedAddress(address);
  }

  private static byte[] bytes(StunMessage message) {
    return StunCodec.encode(message).toArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
