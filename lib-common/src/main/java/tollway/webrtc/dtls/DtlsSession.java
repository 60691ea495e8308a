// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.jspecify.annotations.Nullable;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;

/**
 * DTLS 1.2 (RFC 6347) with one peer. The handshake blocks and runs on a thread of its own; records
 * are then read and written on the loop. Every method must be called on the loop.
 */
public final class DtlsSession {
  /** Which side speaks first. */
  public enum Role {
    CLIENT,
    SERVER
  }

  private final EventLoop loop;
  private final DtlsListener listener;
  private final RecordPipe pipe;
  private final ByteBuf plaintext = Unpooled.buffer(2048);
  private @Nullable Thread handshake;
  private @Nullable DTLSTransport records;
  private boolean closed;

  private DtlsSession(EventLoop loop, Consumer<ByteBuf> wire, DtlsListener listener) {
    this.loop = loop;
    this.listener = listener;
    pipe = new RecordPipe(loop, wire);
  }

  /**
   * Begins the handshake.
   *
   * @param expected fingerprints of which the peer's certificate must match one
   * @param wire takes our datagrams and owns them
   */
  public static DtlsSession start(
      EventLoop loop,
      Role role,
      DtlsCertificate own,
      List<Fingerprint> expected,
      Duration timeout,
      Consumer<ByteBuf> wire,
      DtlsListener listener) {
    loop.checkInLoop();
    DtlsSession session = new DtlsSession(loop, wire, listener);
    session.handshake =
        BackgroundThread.start(
            "dtls-handshake", () -> session.shakeHands(role, own, expected, timeout));
    return session;
  }

  private void shakeHands(
      Role role, DtlsCertificate own, List<Fingerprint> expected, Duration timeout) {
    try {
      SecureRandom random = new SecureRandom();
      DtlsCredentials credentials =
          new DtlsCredentials(
              new JcaTlsCryptoProvider().create(random), own, expected, (int) timeout.toMillis());
      DTLSTransport done =
          role == Role.CLIENT
              ? new DTLSClientProtocol().connect(new DtlsClient(credentials), pipe)
              : new DTLSServerProtocol().accept(new DtlsServer(credentials), pipe);
      loop.execute(() -> established(done));
    } catch (IOException | RuntimeException failed) {
      loop.execute(() -> fail("the DTLS handshake failed: " + reason(failed)));
    }
  }

  private void established(DTLSTransport done) {
    handshake = null;
    if (closed) {
      return;
    }
    records = done;
    pipe.moveToLoop();
    listener.connected();
    for (byte[] early = pipe.leftOver(); early != null && !closed; early = pipe.leftOver()) {
      receive(Unpooled.wrappedBuffer(early));
    }
  }

  /** A datagram of the peer, lent for the call. */
  public void receive(ByteBuf datagram) {
    if (closed) {
      return;
    }
    DTLSTransport open = records;
    if (open == null) {
      pipe.arrive(datagram);
      return;
    }
    int size = datagram.readableBytes();
    if (size > RecordPipe.LARGEST_DATAGRAM) {
      return;
    }
    plaintext.clear().ensureWritable(size);
    byte[] array = plaintext.array();
    pipe.current(datagram);
    try {
      // 0 would mean to wait for ever; the pipe never waits, whatever it is asked.
      int got = open.receive(array, 0, array.length, 1);
      while (got >= 0 && !closed) {
        listener.record(plaintext.setIndex(0, got));
        got = closed ? -1 : open.receivePending(array, 0, array.length);
      }
    } catch (InterruptedIOException drained) {
      // The datagram held nothing for the layer above: a resent handshake, an alert, noise.
    } catch (IOException broken) {
      fail("DTLS failed: " + reason(broken));
    } finally {
      pipe.current(null);
    }
    if (pipe.isClosed()) {
      fail("the peer closed the connection");
    }
  }

  /** Protects what the heap buffer holds and sends it; lent for the call. */
  public void send(ByteBuf packet) {
    DTLSTransport open = records;
    if (closed || open == null) {
      return;
    }
    try {
      open.send(
          packet.array(), packet.arrayOffset() + packet.readerIndex(), packet.readableBytes());
    } catch (IOException broken) {
      loop.execute(() -> fail("DTLS failed: " + reason(broken)));
    }
  }

  /** Ends the session and tells the peer; nothing is called back. */
  public void close() {
    loop.checkInLoop();
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (records != null) {
        records.close();
      }
    } catch (IOException unsent) {
      // The peer notices the silence.
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
    pipe.close();
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
