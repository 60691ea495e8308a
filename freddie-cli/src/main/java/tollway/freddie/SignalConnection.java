// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/**
 * One client, whatever carries its words, on the carriage's loop: asks who it is, checks what it
 * says and signs, and hands that to the market hall.
 *
 * <pre>
 * begun ──▶ challenged ──hello──▶ waiting ──admitted──▶ proved ──▶ ended
 *   └───────────┴────────refusal──────┴───────────────────┴──▶ refused ──▶ ended, soon
 * </pre>
 */
final class SignalConnection {
  /** What takes our words to the client: a WebSocket, or answers to polls. */
  interface Carriage {
    /** Where the client is, as far as we can tell. */
    SocketAddress remote();

    /** Any thread. */
    boolean isOpen();

    /** One signal, after those before. Any thread. */
    void carry(byte[] signal);

    /** The client has said who it claims to be: no more hurry. */
    void introduced();

    /** Nothing is heard or said after this; the refusal was carried. */
    void dismiss(Fault fault);

    /** Ends without a word. */
    void cut(Counters.Cut why);

    /** Runs it on the loop; never, when the process ends. Any thread. */
    void onLoop(Runnable task);
  }

  private final SignalServer server;
  private final Carriage carriage;
  private final Bytes nonce;
  private @Nullable Client client;

  /** The client's, checked. */
  private @Nullable SealKey seal;

  private boolean waiting;
  private boolean refused;

  SignalConnection(SignalServer server, Carriage carriage, SecureRandom random) {
    this.server = server;
    this.carriage = carriage;
    nonce = Bytes.random(random, Signal.NONCE_SIZE);
  }

  /** The first word. Once; {@link #end} afterwards. */
  void begin() {
    if (!server.opened()) {
      refuse(Fault.FULL);
    } else if (server.isDraining()) {
      refuse(Fault.STOPPING);
    } else {
      send(server.reception().challenge(nonce, server.hostSalt()));
    }
  }

  /** Any thread. */
  void send(Signal signal) {
    carriage.carry(SignalingCodec.encode(signal).toArray());
  }

  /** Its client has come anew. Any thread. */
  void replaced() {
    carriage.onLoop(() -> carriage.cut(Counters.Cut.REPLACED));
  }

  /** Any thread. */
  void fault(Fault fault) {
    carriage.onLoop(() -> refuse(fault));
  }

  /** The client says something. */
  void hear(ByteBuffer bytes) {
    if (refused) {
      return;
    }
    if (bytes.remaining() > Signal.SIZE_LIMIT) {
      refuse(Fault.TOO_LONG);
      return;
    }
    try {
      Signal signal = SignalingCodec.decode(bytes);
      if (client == null) {
        prove(signal);
      } else {
        onSignal(client, signal);
      }
    } catch (MalformedBytesException wrong) {
      refuse(Fault.NO_SIGNAL);
    }
  }

  /** The client has gone, or we let it go. */
  void end() {
    refused = true;
    server.closed();
    leave();
  }

  /** Says why, then hears nothing more. */
  void refuse(Fault fault) {
    if (refused) {
      return;
    }
    refused = true;
    server.counters().refused(fault.code());
    send(new Signal.Refusal(fault.code(), fault.retryAfterSeconds(), fault.text()));
    carriage.dismiss(fault);
  }

  /** Those who are paired with the client are told, at once. */
  void leave() {
    if (client != null) {
      server.hall().leaves(client);
      client = null;
    }
  }

  boolean isRefused() {
    return refused;
  }

  private void prove(Signal signal) {
    if (waiting) {
      refuse(Fault.policy(Signal.Code.BAD_PROOF, "wait for the welcome"));
    } else if (!(signal instanceof Signal.Hello hello)) {
      refuse(Fault.policy(Signal.Code.BAD_PROOF, "who are you?"));
    } else if (hello.version() != Signal.VERSION) {
      refuse(
          Fault.policy(Signal.Code.WRONG_VERSION, "this freddie speaks version " + Signal.VERSION));
    } else {
      waiting = true;
      carriage.introduced(); // Whoever attends to it has little patience, too.
      server.reception().arrives(hello, nonce, new AtTheDoor(hello));
    }
  }

  private void admit(Signal.Hello hello) {
    waiting = false;
    if (!refused && carriage.isOpen()) {
      client =
          new Client(hello.node(), Origin.of(carriage.remote()), hello.host(), hello.session());
      server.hall().enters(client, this);
    }
  }

  private void onSignal(Client who, Signal signal) {
    if (signal instanceof Signal.Slots slots) {
      advertised(who, slots);
    } else if (signal instanceof Signal.PeerRequest request) {
      server.hall().wishes(who, request);
    } else if (signal instanceof Signal.OnwardRequest request) {
      server.hall().wishesOnwards(who, request);
    } else if (signal instanceof Signal.HangUp hangUp) {
      server.hall().hangsUp(who, hangUp);
    } else if (signal instanceof Signal.Sealed sealed) {
      server.hall().relays(who, sealed.match(), sealed);
    } else {
      refuse(Fault.badMessage(WebSocketCloseStatus.POLICY_VIOLATION, "not for a freddie"));
    }
  }

  private void advertised(Client who, Signal.Slots slots) {
    try {
      Advert advert = slots.advert().verified(who.node(), nonce);
      if (!slots.seal().equals(seal) && !slots.seal().isOf(who.node())) {
        throw new MalformedBytesException("the signature of the key does not verify");
      }
      seal = slots.seal();
      server.hall().offers(who, advert, slots.seal());
    } catch (MalformedBytesException wrong) {
      refuse(
          Fault.policy(
              Signal.Code.BAD_PROOF, "a signature of the advert or its key does not verify"));
    }
  }

  /** Where the reception finds us: on its loop. */
  private final class AtTheDoor implements Reception.Guest {
    private final Signal.Hello hello;

    AtTheDoor(Signal.Hello hello) {
      this.hello = hello;
    }

    @Override
    public boolean isThere() {
      return carriage.isOpen();
    }

    @Override
    public void admitted() {
      carriage.onLoop(() -> admit(hello));
    }

    @Override
    public void cheated(Fault fault) {
      server.newcomers().punish(carriage.remote());
      refused(fault);
    }

    @Override
    public void refused(Fault fault) {
      fault(fault);
    }
  }
}
