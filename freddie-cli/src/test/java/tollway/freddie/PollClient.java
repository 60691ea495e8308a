// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.Poll;
import tollway.signaling.PollAnswer;
import tollway.signaling.PollCodec;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;
import tollway.signaling.SignedAdvert;

/** Polls made by hand, over HTTP/1.1 made by hand, to say what our client never would. */
final class PollClient implements AutoCloseable {
  /** What came back. */
  record Reply(int status, Map<String, String> headers, Bytes body) {
    PollAnswer answer() throws Exception {
      return PollCodec.decodeAnswer(body.toBuffer());
    }
  }

  /** Takes requests to freddie and answers back. */
  interface Carrier {
    Reply post(byte[] body) throws Exception;
  }

  private final InetSocketAddress freddie;
  private final Carrier carrier;
  private final Identity identity = Identity.generate(new SecureRandom());
  private final Queue<Signal> unread = new ArrayDeque<>();
  private final List<Socket> open = new ArrayList<>();
  private Bytes session = Bytes.EMPTY;
  private Bytes nonce = Bytes.EMPTY;
  private long said;
  private long heard;

  /** Has no session yet. */
  PollClient(InetSocketAddress freddie) throws IOException {
    this.freddie = freddie;
    Socket socket = connect();
    carrier =
        body -> {
          write(socket, post(body));
          return reply(socket);
        };
  }

  /** The same, by way of {@code carrier}. */
  PollClient(InetSocketAddress freddie, Carrier carrier) {
    this.freddie = freddie;
    this.carrier = carrier;
  }

  /** One that freddie knows. */
  static PollClient proved(InetSocketAddress freddie) throws Exception {
    PollClient client = new PollClient(freddie);
    client.prove();
    return client;
  }

  void prove() throws Exception {
    begin();
    say(hello());
    Signal word = hear();
    if (!(word instanceof Signal.Welcome)) {
      throw new IOException("no welcome but " + word);
    }
  }

  /** Gets a session and a challenge. */
  void begin() throws Exception {
    PollAnswer answer = ask(Poll.BEGIN).answer();
    session = answer.session().orElseThrow();
    said = 0;
    heard = 0;
    read(answer);
    nonce = ((Signal.Challenge) unread.remove()).nonce();
  }

  Signal.Hello hello() {
    return new Signal.Hello(
        Signal.VERSION, identity.nodeId(), identity.sign(Signal.helloProof(nonce)));
  }

  NodeId nodeId() {
    return identity.nodeId();
  }

  long heard() {
    return heard;
  }

  Signal.Slots slots(int count, NodeId egress) {
    Bytes key = Bytes.of((byte) 9).plus(Bytes.of(new byte[SealKey.SIZE - 1]));
    return new Signal.Slots(
        SignedAdvert.of(new Advert(count, List.of(egress), "poll"), identity, nonce),
        SealKey.of(key, identity));
  }

  void wishes(int count, NodeId egress) throws Exception {
    say(new Signal.PeerRequest(count, egress, List.of()));
  }

  /** Says it in a request of its own, which is answered at once. */
  void say(Signal signal) throws Exception {
    read(ask(next(0, signal)).answer());
    said++;
  }

  /** A request that says {@code signals}, and may be answered after {@code patience} seconds. */
  Poll next(int patience, Signal... signals) {
    return new Poll(
        Optional.of(session),
        said + 1,
        heard,
        patience,
        false,
        List.of(signals).stream().map(SignalingCodec::encode).toList());
  }

  /** The same, after signals that were never said. */
  Poll after(long number, Signal signal) {
    return new Poll(
        Optional.of(session), number, heard, 0, false, List.of(SignalingCodec.encode(signal)));
  }

  Poll leaving() {
    return new Poll(Optional.of(session), 0, heard, 0, true, List.of());
  }

  /** Waits for the next signal. */
  Signal hear() throws Exception {
    while (unread.isEmpty()) {
      read(ask(next(20)).answer());
    }
    return unread.remove();
  }

  /** What the answer says that was not heard before. */
  void read(PollAnswer answer) throws Exception {
    long number = answer.first();
    for (Bytes signal : answer.signals()) {
      if (number == heard + 1) {
        heard = number;
        unread.add(SignalingCodec.decode(signal.toBuffer()));
      }
      number++;
    }
  }

  Reply ask(Poll poll) throws Exception {
    return carrier.post(PollCodec.encode(poll).toArray());
  }

  /** By a connection of its own, whose answer is not read yet. */
  Socket park(Poll poll) throws IOException {
    Socket own = connect();
    write(own, post(PollCodec.encode(poll).toArray()));
    return own;
  }

  /** Sends {@code text} by a connection of its own. */
  Reply raw(byte[] text) throws IOException {
    Socket own = connect();
    write(own, text);
    return reply(own);
  }

  static byte[] post(byte[] body) {
    byte[] head =
        ("POST /v2/poll HTTP/1.1\r\nHost: freddie\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /** Waits for an answer, which says its length. */
  static Reply reply(Socket from) throws IOException {
    InputStream in = new BufferedInputStream(from.getInputStream(), 512);
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no answer after " + head);
      }
      head.append((char) next);
    }
    String[] lines = head.toString().split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(": ", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Reply(
        Integer.parseInt(lines[0].split(" ")[1]), headers, Bytes.of(in.readNBytes(length)));
  }

  private Socket connect() throws IOException {
    Socket fresh = new Socket(freddie.getAddress(), freddie.getPort());
    fresh.setTcpNoDelay(true);
    fresh.setSoTimeout(30_000);
    open.add(fresh);
    return fresh;
  }

  private static void write(Socket to, byte[] bytes) throws IOException {
    to.getOutputStream().write(bytes);
    to.getOutputStream().flush();
  }

  /** Ends all connections, and says nothing of it. */
  @Override
  public void close() throws IOException {
    for (Socket one : open) {
      one.close();
    }
  }
}
