// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;
import tollway.signaling.SignedAdvert;

/** A WebSocket made by hand, to say what our client never would. Reads only when asked to hear. */
final class RawClient implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** One frame, as RFC 6455 §5.2 has it. */
  record Frame(int opcode, Bytes payload) {}

  private final Identity identity;
  private final Socket socket = SocketChannel.open().socket();
  private final DataInputStream in;
  private Bytes nonce = Bytes.EMPTY;
  private Optional<Bytes> session = Optional.empty();
  private int trickled;

  /** Connects and upgrades to a WebSocket. */
  RawClient(InetSocketAddress freddie) throws IOException {
    this(freddie, Identity.generate(new SecureRandom()), "");
  }

  /** As a front would, which connects for somebody. */
  RawClient(InetSocketAddress freddie, String forwardedFor) throws IOException {
    this(
        freddie, Identity.generate(new SecureRandom()), Fronts.HEADER + ": " + forwardedFor + "\n");
  }

  private RawClient(InetSocketAddress freddie, Identity identity, String field) throws IOException {
    this.identity = identity;
    // Small, so that not reading is noticed soon.
    socket.setReceiveBufferSize(8 << 10);
    socket.setSendBufferSize(64 << 10);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    socket.connect(freddie, 30_000);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 512));
    String request =
        """
        GET /v2/signal HTTP/1.1
        Host: freddie
        Upgrade: websocket
        Connection: Upgrade
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
        Sec-WebSocket-Version: 13
        """
            + field
            + "\n";
    write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("no WebSocket: " + head);
    }
  }

  /** One that freddie knows. */
  static RawClient proved(InetSocketAddress freddie) throws Exception {
    RawClient client = new RawClient(freddie);
    client.prove();
    return client;
  }

  /** A second connection of the same identity. */
  RawClient another(InetSocketAddress freddie) throws IOException {
    return new RawClient(freddie, identity, "");
  }

  /** Says from now on of which process it is a connection. */
  RawClient inSession(Bytes id) {
    session = Optional.of(id);
    return this;
  }

  NodeId nodeId() {
    return identity.nodeId();
  }

  /** Hears the challenge and says who it is; freddie's welcome. */
  Signal.Welcome prove() throws Exception {
    nonce = ((Signal.Challenge) hear()).nonce();
    say(hello(nonce));
    return (Signal.Welcome) hear();
  }

  /** What proves this client's identity against {@code challenge}. */
  Signal.Hello hello(Bytes challenge) {
    return new Signal.Hello(
        Signal.VERSION,
        identity.nodeId(),
        identity.sign(Signal.helloProof(challenge)),
        Optional.empty(),
        Optional.empty(),
        session);
  }

  /** The same, with a puzzle's solution. */
  Signal.Hello hello(Bytes challenge, Solution solution) {
    Signal.Hello without = hello(challenge);
    return new Signal.Hello(
        without.version(),
        without.node(),
        without.signature(),
        Optional.of(solution),
        without.host(),
        without.session());
  }

  void offers(int slots, NodeId egress) throws Exception {
    offers(slots, egress, sealKey());
  }

  void offers(int slots, NodeId egress, SealKey key) throws Exception {
    say(
        new Signal.Slots(
            SignedAdvert.of(new Advert(slots, List.of(egress), "raw"), identity, nonce), key));
  }

  /** Of a secret that nobody knows. */
  SealKey sealKey() {
    return sealKey(Bytes.of((byte) 9).plus(Bytes.of(new byte[SealKey.SIZE - 1])));
  }

  SealKey sealKey(Bytes key) {
    return SealKey.of(key, identity);
  }

  void wishes(int count, NodeId egress) throws Exception {
    say(new Signal.PeerRequest(count, egress, List.of()));
  }

  void say(Signal signal) throws IOException {
    write(frame(true, BINARY, SignalingCodec.encode(signal).toArray()));
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** One more byte of a frame that does not end; nothing once freddie has closed. */
  void trickle() throws IOException {
    try {
      byte[] frame = frame(true, BINARY, new byte[Signal.SIZE_LIMIT]);
      write(new byte[] {frame[trickled]});
      trickled++;
    } catch (SocketException closed) {
      trickled = 0;
    }
  }

  /**
   * Writes {@code bytes} again and again until freddie takes no more for a second, or closes; how
   * many were written.
   */
  int writesUntilItStalls(byte[] bytes) throws IOException {
    SocketChannel channel = socket.getChannel();
    channel.configureBlocking(false);
    int written = 0;
    long moved = System.nanoTime();
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try {
      while (System.nanoTime() - moved < 1_000_000_000L && written < (64 << 20)) {
        if (!rest.hasRemaining()) {
          rest.clear();
        }
        int now = channel.write(rest);
        if (now > 0) {
          written += now;
          moved = System.nanoTime();
        } else {
          LockSupport.parkNanos(5_000_000);
        }
      }
    } catch (IOException closed) {
      return written;
    }
    return written;
  }

  /** A frame as a client sends it: masked, though with zeros. */
  static byte[] frame(boolean last, int opcode, byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write((last ? 0x80 : 0) | opcode);
    if (payload.length < 126) {
      bytes.write(0x80 | payload.length);
    } else {
      bytes.write(0x80 | 126);
      bytes.write(payload.length >>> 8);
      bytes.write(payload.length);
    }
    bytes.writeBytes(new byte[4]);
    bytes.writeBytes(payload);
    return bytes.toByteArray();
  }

  /** The next signal. */
  Signal hear() throws Exception {
    Frame frame = hearFrame();
    if (frame.opcode() != BINARY) {
      throw new IOException("not a signal but " + frame);
    }
    return SignalingCodec.decode(frame.payload().toBuffer());
  }

  Frame hearFrame() throws IOException {
    int opcode = in.readUnsignedByte() & 0x0f;
    int length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame(opcode, Bytes.of(payload));
  }

  /** Why freddie closes, RFC 6455 §7.4, whatever else it says before. */
  int hearClose() throws IOException {
    Frame frame = hearFrame();
    while (frame.opcode() != CLOSE) {
      frame = hearFrame();
    }
    return frame.payload().toBuffer().getShort();
  }

  /** Reads until freddie has closed the connection. */
  void hearEnd() throws IOException {
    try {
      while (in.read() >= 0) {
        // Whatever was said before.
      }
    } catch (SocketTimeoutException open) {
      throw new AssertionError("freddie keeps the connection", open);
    } catch (SocketException reset) {
      // That is an end too.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
