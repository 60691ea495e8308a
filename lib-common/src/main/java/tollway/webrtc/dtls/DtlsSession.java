// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;

/**
 * DTLS 1.2 (RFC 6347) with one peer. The handshake is Bouncy Castle's; it blocks and runs on a
 * thread of its own. Records are then sealed and opened here, on the loop. Every method must be
 * called on the loop.
 *
 * <p>A record: type 1, version 2, epoch 2, sequence number 6, length 2, fragment.
 */
public final class DtlsSession {
  /** Which side speaks first. */
  public enum Role {
    CLIENT,
    SERVER
  }

  /** The most that one record carries (RFC 6347 §4.1). */
  public static final int MAX_PLAINTEXT = 1 << 14;

  private static final int HEADER = 13;
  private static final int LARGEST_RECORD = HEADER + MAX_PLAINTEXT + RecordCipher.OVERHEAD;
  private static final int VERSION = 0xfefd;

  /** There is no renegotiation: epoch 0 is the handshake, this is all that follows. */
  private static final int EPOCH = 1;

  private static final long NUMBER_OF_EPOCH = (long) EPOCH << 48;
  private static final long SEQUENCE = (1L << 48) - 1;

  /** Records of a peer that finished its handshake before us. */
  private static final int MOST_EARLY = 16;

  private final EventLoop loop;
  private final DtlsListener listener;
  private final Consumer<ByteBuf> wire;
  private final RecordPipe pipe;
  private final ReplayWindow received = new ReplayWindow();
  private final Queue<byte[]> early = new ArrayDeque<>();
  private final byte[] out = new byte[LARGEST_RECORD];
  private final ByteBuf in = Unpooled.buffer(LARGEST_RECORD, LARGEST_RECORD);
  private @Nullable Thread handshake;

  /** Answers a peer that did not hear our last words; null once it must have heard them. */
  private @Nullable DTLSTransport lastFlight;

  private @Nullable RecordCipher cipher;
  private long nextNumber = NUMBER_OF_EPOCH + RecordCipher.FIRST_OF_LOOP;
  private boolean closed;

  private DtlsSession(EventLoop loop, Consumer<ByteBuf> wire, DtlsListener listener) {
    this.loop = loop;
    this.wire = wire;
    this.listener = listener;
    pipe = new RecordPipe(loop, wire);
  }

  /**
   * Begins the handshake.
   *
   * @param expected whom the peer must be
   * @param wire takes our datagrams and owns them
   */
  public static DtlsSession start(
      EventLoop loop,
      Role role,
      DtlsCertificate own,
      PeerCheck expected,
      Duration timeout,
      Consumer<ByteBuf> wire,
      DtlsListener listener) {
    return start(loop, role, own, expected, List.of(), timeout, wire, listener);
  }

  /** As a client by one of {@code hellos}, if there is any. */
  public static DtlsSession start(
      EventLoop loop,
      Role role,
      DtlsCertificate own,
      PeerCheck expected,
      List<HelloProfile> hellos,
      Duration timeout,
      Consumer<ByteBuf> wire,
      DtlsListener listener) {
    loop.checkInLoop();
    DtlsSession session = new DtlsSession(loop, wire, listener);
    session.handshake =
        BackgroundThread.start(
            "dtls-handshake", () -> session.shakeHands(role, own, expected, hellos, timeout));
    return session;
  }

  private void shakeHands(
      Role role,
      DtlsCertificate own,
      PeerCheck expected,
      List<HelloProfile> hellos,
      Duration timeout) {
    try {
      RecordCrypto crypto = new RecordCrypto(new SecureRandom());
      DtlsCredentials credentials =
          new DtlsCredentials(crypto, own, expected, (int) timeout.toMillis());
      DTLSTransport done =
          role == Role.CLIENT
              ? greet(credentials, Hello.draw(hellos, crypto.getSecureRandom()))
              : new DTLSServerProtocol().accept(new DtlsServer(credentials), pipe);
      pipe.flush();
      // RFC 6347 §4.2.4: the side that spoke last says it again when asked.
      loop.execute(() -> established(crypto.cipher(), role == Role.SERVER ? done : null));
    } catch (IOException | RuntimeException failed) {
      loop.execute(() -> fail("the DTLS handshake failed: " + reason(failed)));
    }
  }

  private DTLSTransport greet(DtlsCredentials credentials, Hello hello) throws IOException {
    return new ClientHandshake(hello).connect(new DtlsClient(credentials, hello), pipe);
  }

  private void established(RecordCipher agreed, @Nullable DTLSTransport mayRepeat) {
    handshake = null;
    if (closed) {
      return;
    }
    cipher = agreed;
    lastFlight = mayRepeat;
    pipe.moveToLoop(this::handshakeRecord);
    listener.connected();
    for (byte[] record = early.poll(); record != null && !closed; record = early.poll()) {
      receive(Unpooled.wrappedBuffer(record));
    }
  }

  /** A datagram of the peer, lent for the call. Whatever it holds, nothing is thrown. */
  public void receive(ByteBuf datagram) {
    int at = datagram.readerIndex();
    int end = datagram.writerIndex();
    while (!closed && end - at >= HEADER) {
      int size = HEADER + datagram.getUnsignedShort(at + 11);
      if (size > LARGEST_RECORD || size > end - at) {
        return; // RFC 6347 §4.1.2.7: what is not sound is dropped silently.
      }
      record(datagram, at, size);
      at += size;
    }
  }

  private void record(ByteBuf datagram, int at, int size) {
    int type = datagram.getUnsignedByte(at);
    int epoch = datagram.getUnsignedShort(at + 3);
    if (epoch == 0 || type == ContentType.handshake) {
      // Shorter ones of epoch 1 would end the handshake, whoever sent them.
      if (epoch == 0 || size >= HEADER + RecordCipher.OVERHEAD) {
        handshakeRecord(copy(datagram, at, size));
      }
    } else if (epoch == EPOCH && datagram.getUnsignedShort(at + 1) == VERSION) {
      if (cipher != null) {
        protectedRecord(cipher, type, datagram, at, size);
      } else if (early.size() < MOST_EARLY) {
        early.add(copy(datagram, at, size));
      }
    }
  }

  private static byte[] copy(ByteBuf datagram, int at, int size) {
    byte[] copy = new byte[size];
    datagram.getBytes(at, copy);
    return copy;
  }

  private void handshakeRecord(byte[] record) {
    if (cipher == null) {
      pipe.arrive(record);
    } else if (lastFlight != null) {
      pipe.current(record);
      try {
        // 0 would mean to wait for ever; the pipe never waits, whatever it is asked.
        lastFlight.receive(new byte[LARGEST_RECORD], 0, LARGEST_RECORD, 1);
      } catch (InterruptedIOException drained) {
        // It has been read.
      } catch (IOException broken) {
        lastFlight = null;
      }
      pipe.flush();
    }
  }

  private void protectedRecord(RecordCipher agreed, int type, ByteBuf datagram, int at, int size) {
    long number = datagram.getLong(at + 3);
    if (received.isRepeated(number & SEQUENCE)) {
      return;
    }
    byte[] fragment = in.array();
    datagram.getBytes(at + HEADER, fragment, 0, size - HEADER);
    int opened = agreed.open(number, type, fragment, 0, size - HEADER);
    if (opened < 0) {
      return;
    }
    received.add(number & SEQUENCE);
    in.setIndex(RecordCipher.EXPLICIT_NONCE, RecordCipher.EXPLICIT_NONCE + opened);
    if (type == ContentType.application_data) {
      lastFlight = null;
      listener.record(in);
    } else if (type == ContentType.alert && opened == 2) {
      alert(in.readUnsignedByte(), in.readUnsignedByte());
    }
  }

  private void alert(short level, short description) {
    if (description == AlertDescription.close_notify) {
      fail("the peer closed the connection");
    } else if (level == AlertLevel.fatal) {
      fail("DTLS failed: the peer says " + AlertDescription.getText(description));
    }
  }

  /** Protects what the heap buffer holds and sends it; lent for the call. */
  public void send(ByteBuf packet) {
    if (!closed && cipher != null && packet.readableBytes() <= MAX_PLAINTEXT) {
      int from = packet.arrayOffset() + packet.readerIndex();
      send(cipher, ContentType.application_data, packet.array(), from, packet.readableBytes());
    }
  }

  private void send(RecordCipher agreed, short type, byte[] plain, int from, int size) {
    long number = nextNumber++;
    int fragment = agreed.seal(number, type, plain, from, size, out, HEADER);
    ByteBuf datagram = ByteBufAllocator.DEFAULT.directBuffer(HEADER + fragment, HEADER + fragment);
    datagram.writeByte(type).writeShort(VERSION).writeLong(number).writeShort(fragment);
    wire.accept(datagram.writeBytes(out, HEADER, fragment));
  }

  /** Ends the session and tells the peer; nothing is called back. */
  public void close() {
    loop.checkInLoop();
    if (closed) {
      return;
    }
    closed = true;
    if (cipher != null) {
      byte[] farewell = {(byte) AlertLevel.warning, (byte) AlertDescription.close_notify};
      send(cipher, ContentType.alert, farewell, 0, farewell.length);
    }
    stop();
  }

  private void fail(String why) {
    if (!closed) {
      closed = true;
      stop();
      listener.closed(why);
    }
  }

  private void stop() {
    pipe.stop();
    lastFlight = null;
    early.clear();
    if (handshake != null) {
      handshake.interrupt();
      handshake = null;
    }
  }

  private static String reason(Exception failure) {
    if (failure instanceof TlsFatalAlertReceived received) {
      return "the peer says " + AlertDescription.getText(received.getAlertDescription());
    }
    if (failure instanceof TlsFatalAlert raised) {
      String text = String.valueOf(raised.getMessage());
      return text.contains(DtlsCredentials.STRANGER)
          ? DtlsCredentials.STRANGER
          : AlertDescription.getText(raised.getAlertDescription());
    }
    return String.valueOf(failure.getMessage());
  }
}
