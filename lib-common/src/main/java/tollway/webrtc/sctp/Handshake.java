// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.webrtc.sctp.Chunk.Cause;
import tollway.webrtc.sctp.Chunk.Terms;

/**
 * How two ends come to an association (RFC 9260 §5). Both begin at the same time, as WebRTC has it,
 * and both keep the tag and the TSN they began with, so the crossing of their requests (§5.2)
 * always ends in the same association.
 *
 * <pre>
 *         begin                INIT ACK                 COOKIE ACK
 *   IDLE ───────▶ COOKIE_WAIT ──────────▶ COOKIE_ECHOED ──────────▶ DONE
 *                      └──────────────────────┴── the peer's COOKIE ECHO ──▶ DONE
 * </pre>
 */
final class Handshake {
  /** What the handshake leads to. */
  interface Owner {
    /** The peer is who it says, and these are its terms. Once. */
    void agreed(Terms peer);

    void failed(String why);
  }

  private enum State {
    IDLE,
    COOKIE_WAIT,
    COOKIE_ECHOED,
    DONE
  }

  /** The peer may still be finishing its DTLS handshake: ask again soon, then less often. */
  private static final long FIRST_WAIT = 250_000_000;

  private static final long MAX_WAIT = 3_000_000_000L;
  private static final int MAX_TRIES = 12;

  /** RFC 9260 §16, Valid.Cookie.Life. */
  private static final long COOKIE_LIFE = Duration.ofSeconds(60).toNanos();

  private final EventLoop loop;
  private final PacketWriter writer;
  private final Terms own;
  private final RetransmitTimeout timeout;
  private final Owner owner;
  private final StateCookie.Seal seal;
  private final Deadline timer;
  private State state = State.IDLE;
  private @Nullable Terms peer;
  private Bytes cookie = Bytes.EMPTY;
  private int tries;
  private long wait = FIRST_WAIT;
  private long askedAt;

  Handshake(
      EventLoop loop,
      PacketWriter writer,
      Terms own,
      RetransmitTimeout timeout,
      SecureRandom random,
      Owner owner) {
    this.loop = loop;
    this.writer = writer;
    this.own = own;
    this.timeout = timeout;
    this.owner = owner;
    seal = new StateCookie.Seal(random);
    timer = new Deadline(loop, this::onTimer);
  }

  void begin() {
    if (state == State.IDLE) {
      state = State.COOKIE_WAIT;
      ask();
    }
  }

  /** RFC 9260 §5.1 B and §5.2.1; a restart (§5.2.2) would be a new DTLS connection. */
  void onInit(Chunk.Init init) {
    if (state == State.DONE) {
      return;
    }
    Bytes sealed = seal.close(new StateCookie(init.terms(), loop.nanoTime()));
    writer.alone(init.terms().tag(), new Chunk.InitAck(own, sealed, init.unrecognized()));
  }

  void onInitAck(Chunk.InitAck ack) {
    if (state != State.COOKIE_WAIT) {
      return; // RFC 9260 §5.2.3
    }
    peer = ack.terms();
    cookie = ack.cookie();
    writer.tag(peer.tag());
    state = State.COOKIE_ECHOED;
    tries = 0;
    wait = FIRST_WAIT;
    ask();
  }

  void onCookieEcho(Chunk.CookieEcho echo) {
    StateCookie opened;
    try {
      opened = seal.open(echo.cookie());
    } catch (MalformedBytesException forged) {
      return; // RFC 9260 §5.1.5: silently.
    }
    long age = loop.nanoTime() - opened.madeAt();
    if (state != State.DONE && age > COOKIE_LIFE) {
      Bytes staleness = Bytes.of(new byte[4]);
      Chunk stale = new Chunk.OperationError(List.of(new Cause(Cause.STALE_COOKIE, staleness)));
      writer.alone(opened.peer().tag(), stale);
      return;
    }
    if (peer != null && peer.tag() != opened.peer().tag()) {
      return; // RFC 9260 §5.2.4 knows restarts; we do not.
    }
    peer = opened.peer();
    writer.tag(peer.tag());
    writer.add(new Chunk.CookieAck());
    done(peer);
  }

  void onCookieAck() {
    if (state == State.COOKIE_ECHOED && peer != null) {
      if (tries == 0) {
        timeout.measured(loop.nanoTime() - askedAt);
      }
      done(peer);
    }
  }

  /** Our cookie took too long: begin again (RFC 9260 §5.2.6). */
  void onStaleCookie() {
    if (state == State.COOKIE_ECHOED) {
      peer = null;
      state = State.COOKIE_WAIT;
      ask();
    }
  }

  void close() {
    timer.close();
    state = State.DONE;
  }

  private void done(Terms agreed) {
    if (state != State.DONE) {
      state = State.DONE;
      timer.close();
      owner.agreed(agreed);
    }
  }

  private void ask() {
    askedAt = loop.nanoTime();
    if (state == State.COOKIE_WAIT) {
      writer.alone(0, new Chunk.Init(own, List.of()));
    } else {
      writer.add(new Chunk.CookieEcho(cookie));
      writer.flush();
    }
    timer.setIn(wait);
  }

  private void onTimer() {
    if (++tries > MAX_TRIES) {
      owner.failed("the peer does not answer over SCTP");
      return;
    }
    wait = Math.min(MAX_WAIT, wait * 2);
    ask();
  }
}
