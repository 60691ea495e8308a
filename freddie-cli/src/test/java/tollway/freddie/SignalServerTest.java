// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.signaling.Advert;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingCodec;
import tollway.signaling.SignalingListener;

/** A real freddie on a real port, real clients, and Mallory. */
final class SignalServerTest {
  private static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();

  private final NettyLoops loops = new NettyLoops(1);
  private final NettyEventLoop loop = loops.next();
  private final List<Person> people = new ArrayList<>();
  private FreddieNode freddie = start(0);

  @AfterEach
  void stop() throws Exception {
    for (Person person : people) {
      person.leave();
    }
    freddie.close();
    loops.close();
  }

  @BeforeEach
  void freddieTellsOfItsStun() throws Exception {
    assertThat(new Person().connected()).hasSize(1);
  }

  @Test
  void pairsAtOnceAndCarriesTheExchange() throws Exception {
    Person volunteer = new Person();
    volunteer.offers(1);
    Person alice = new Person();
    alice.wishes(1);
    Signal.Matched hers = alice.hears(Signal.Matched.class);
    Signal.Matched his = volunteer.hears(Signal.Matched.class);
    assertThat(hers.peer()).isEqualTo(volunteer.nodeId());
    assertThat(his.peer()).isEqualTo(alice.nodeId());
    assertThat(hers.role()).isEqualTo(Signal.Role.CONSUMER);
    assertThat(hers.match()).isEqualTo(his.match());

    alice.says(new Signal.Description(hers.match(), Signal.Kind.OFFER, "an offer"));
    assertThat(volunteer.hears(Signal.Description.class).sdp()).isEqualTo("an offer");
    volunteer.says(new Signal.Candidate(hers.match(), "candidate:1"));
    assertThat(alice.hears(Signal.Candidate.class).line()).isEqualTo("candidate:1");
  }

  @Test
  void consumerWhoCameFirstIsServedWhenAVolunteerComes() throws Exception {
    Person alice = new Person();
    alice.wishes(2);
    Person first = new Person();
    first.offers(5);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(first.nodeId());
    Person second = new Person();
    second.offers(5);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(second.nodeId());
  }

  @Test
  void whoVanishesIsReportedAndTheSlotServesTheNext() throws Exception {
    Person volunteer = new Person();
    volunteer.offers(1);
    Person alice = new Person();
    alice.wishes(1);
    long match = volunteer.hears(Signal.Matched.class).match();
    Person bob = new Person();
    bob.wishes(1);
    alice.leave();
    assertThat(volunteer.hears(Signal.HangUp.class).match()).isEqualTo(match);
    assertThat(volunteer.hears(Signal.Matched.class).peer()).isEqualTo(bob.nodeId());
  }

  @Test
  void clientsComeBackToARestartedFreddieWithWhatTheyWanted() throws Exception {
    Person volunteer = new Person();
    volunteer.offers(1);
    int port = freddie.address().getPort();
    volunteer.connected();
    freddie.close();
    Person alice = new Person(port);
    alice.wishes(1);
    freddie = start(port);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
  }

  @Test
  void nobodyIsPairedWithThemselvesOrTwiceWithTheSame() throws Exception {
    Person volunteer = new Person();
    volunteer.offers(9);
    volunteer.wishes(1);
    Person alice = new Person();
    alice.wishes(2);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
    assertThat(volunteer.hears(Signal.Matched.class).role()).isEqualTo(Signal.Role.PRODUCER);
    Person other = new Person();
    other.offers(9);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(other.nodeId());
    assertThat(volunteer.hears(Signal.Matched.class).peer()).isEqualTo(other.nodeId());
  }

  @Test
  void advertUnderAnotherKeyIsRefused() throws Exception {
    try (RawClient mallory = new RawClient(freddie.address())) {
      Identity key = Identity.generate(new SecureRandom());
      Bytes nonce = ((Signal.Challenge) mallory.hear()).nonce();
      mallory.say(
          new Signal.Hello(Signal.VERSION, key.nodeId(), key.sign(Signal.helloProof(nonce))));
      assertThat(mallory.hear()).isInstanceOf(Signal.Welcome.class);
      mallory.say(
          new Signal.Slots(
              new tollway.signaling.SignedAdvert(
                  Bytes.ofHex("0801"), Bytes.of(new byte[Identity.SIGNATURE_SIZE]))));
      assertThat(((Signal.Refusal) mallory.hear()).code()).isEqualTo(Signal.Code.BAD_PROOF);
    }
  }

  @Test
  void replayedHelloIsRefused() throws Exception {
    Identity key = Identity.generate(new SecureRandom());
    Signal.Hello recorded;
    try (RawClient alice = new RawClient(freddie.address())) {
      Bytes nonce = ((Signal.Challenge) alice.hear()).nonce();
      recorded = new Signal.Hello(Signal.VERSION, key.nodeId(), key.sign(Signal.helloProof(nonce)));
    }
    try (RawClient mallory = new RawClient(freddie.address())) {
      mallory.hear();
      mallory.say(recorded);
      assertThat(((Signal.Refusal) mallory.hear()).code()).isEqualTo(Signal.Code.BAD_PROOF);
    }
  }

  @Test
  void garbageDisturbsNobody() throws Exception {
    Person volunteer = new Person();
    volunteer.offers(1);
    volunteer.connected();
    java.util.Random random = new java.util.Random(3);
    for (int round = 0; round < 50; round++) {
      try (Socket mallory =
          new Socket(freddie.address().getAddress(), freddie.address().getPort())) {
        byte[] noise = new byte[random.nextInt(20_000)];
        random.nextBytes(noise);
        mallory.getOutputStream().write(noise);
      } catch (IOException cutOff) {
        // freddie may close while we still write.
      }
    }
    try (RawClient mallory = new RawClient(freddie.address())) {
      mallory.hear();
      mallory.sayBytes(new byte[] {1, 2, 3});
      assertThat(((Signal.Refusal) mallory.hear()).code()).isEqualTo(Signal.Code.BAD_MESSAGE);
    }
    Person alice = new Person();
    alice.wishes(1);
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
  }

  private static FreddieNode start(int port) {
    try {
      return FreddieNode.start(
          new FreddieConfig(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
              100));
    } catch (IOException refused) {
      throw new IllegalStateException(refused);
    }
  }

  /** Somebody with a signalling client; remembers what it was told. */
  private final class Person implements SignalingListener {
    private final Identity identity = Identity.generate(new SecureRandom());
    private final BlockingQueue<Signal> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<List<String>> connected = new CompletableFuture<>();
    private final SignalingClient client;

    Person() {
      this(freddie.address().getPort());
    }

    Person(int port) {
      client =
          new SignalingClient(
              loop, List.of(URI.create("http://127.0.0.1:" + port)), identity, this);
      people.add(this);
      loop.execute(client::start);
    }

    NodeId nodeId() {
      return identity.nodeId();
    }

    List<String> connected() throws Exception {
      return connected.get(30, TimeUnit.SECONDS);
    }

    void offers(int slots) {
      loop.execute(() -> client.offerSlots(new Advert(slots, List.of(EGRESS), "v")));
    }

    void wishes(int count) {
      loop.execute(() -> client.requestPeers(new Signal.PeerRequest(count, EGRESS, List.of())));
    }

    void says(Signal signal) {
      loop.execute(() -> client.send(signal));
    }

    void leave() {
      loop.execute(client::close);
    }

    <S extends Signal> S hears(Class<S> type) throws InterruptedException {
      Signal next = heard.poll(30, TimeUnit.SECONDS);
      assertThat(next).isInstanceOf(type);
      return type.cast(next);
    }

    @Override
    public void connected(List<String> stun) {
      connected.complete(stun);
    }

    @Override
    public void disconnected(String why) {
      assertThat(why).startsWith("http://127.0.0.1");
    }

    @Override
    public void matched(Signal.Matched match) {
      heard.add(match);
    }

    @Override
    public void description(Signal.Description description) {
      heard.add(description);
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      heard.add(candidate);
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      heard.add(hangUp);
    }

    @Override
    public void refused(Signal.Refusal refusal) {
      assertThat(refusal.code()).isEqualTo(Signal.Code.STOPPING);
    }
  }

  /** A WebSocket of the JDK, to say what our client never would. */
  private static final class RawClient implements AutoCloseable, java.net.http.WebSocket.Listener {
    private final BlockingQueue<Bytes> heard = new LinkedBlockingQueue<>();
    private final java.net.http.WebSocket socket;
    private Bytes partial = Bytes.EMPTY;

    RawClient(InetSocketAddress address) throws Exception {
      socket =
          java.net.http.HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(URI.create("ws://127.0.0.1:" + address.getPort() + "/v2/signal"), this)
              .get(30, TimeUnit.SECONDS);
    }

    @Override
    public java.util.concurrent.CompletionStage<?> onBinary(
        java.net.http.WebSocket from, ByteBuffer data, boolean last) {
      partial = partial.plus(Bytes.of(data));
      if (last) {
        heard.add(partial);
        partial = Bytes.EMPTY;
      }
      from.request(1);
      return CompletableFuture.completedFuture("");
    }

    Signal hear() throws Exception {
      Bytes next = heard.poll(30, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return SignalingCodec.decode(next.toBuffer());
    }

    void say(Signal signal) throws Exception {
      sayBytes(SignalingCodec.encode(signal).toArray());
    }

    void sayBytes(byte[] bytes) throws Exception {
      socket.sendBinary(ByteBuffer.wrap(bytes), true).get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  @Test
  void operatorsSeeHealthAndCounters() throws Exception {
    Person volunteer = new Person();
    volunteer.offers(1);
    Person alice = new Person();
    alice.wishes(1);
    alice.hears(Signal.Matched.class);
    assertThat(get("/healthz")).isEqualTo("ok\n");
    assertThat(get("/metrics")).contains("freddie_matches 1\n", "freddie_matches_made_total 1\n");
  }

  private String get(String path) throws Exception {
    try (Socket socket = new Socket(freddie.address().getAddress(), freddie.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }
}
