// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.lab.Await;
import tollway.lab.NameServer;
import tollway.loop.NettyLoops;

/** Real sockets and a real name server, which may lie. */
final class DialerTest {
  private static final DialPolicy LAB = new DialPolicy(true, Set.of(), own -> false);
  private static final DialPolicy STRICT =
      new DialPolicy(false, DialPolicy.DENIED_PORTS, own -> false);

  private final NettyLoops loops = new NettyLoops(1);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    loops.close();
  }

  /** What was answered, and to which address the connection leads. */
  private record Dialled(StreamAnswer answer, Optional<InetSocketAddress> peer) {}

  @Test
  void anAddressThatDoesNotAnswerCostsAQuarterOfASecond() throws Exception {
    int port = listening("127.0.0.3", 0).getLocalPort();
    deaf("127.0.0.2", port);
    NameServer names = names().says("both.example", 60, "127.0.0.2", "127.0.0.3");
    long start = System.nanoTime();
    Dialled dialled = dial(dialer(LAB, names), "both.example", port);
    assertThat(dialled.peer())
        .map(peer -> peer.getAddress().getHostAddress())
        .hasValue("127.0.0.3");
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void theFamiliesTakeTurns() throws Exception {
    List<InetSocketAddress> turns =
        DialRace.inTurn(
            List.of(
                to("9.9.9.1"), to("9.9.9.2"), to("9.9.9.3"), to("2620:fe::1"), to("2620:fe::2")));
    assertThat(turns)
        .containsExactly(
            to("9.9.9.1"), to("2620:fe::1"), to("9.9.9.2"), to("2620:fe::2"), to("9.9.9.3"));
    assertThat(DialRace.inTurn(List.of(to("2620:fe::1"), to("9.9.9.1"), to("2620:fe::2"))))
        .containsExactly(to("2620:fe::1"), to("9.9.9.1"), to("2620:fe::2"));
  }

  @Test
  void theOtherFamilyIsTriedWhenTheFirstDoesNotAnswer() throws Exception {
    int port = listening("::1", 0).getLocalPort();
    deaf("127.0.0.1", port);
    NameServer names = names().says("dual.example", 60, "127.0.0.1", "::1");
    Dialled dialled = dial(dialer(LAB, names), "dual.example", port);
    assertThat(dialled.peer()).map(peer -> peer.getAddress().getAddress().length).hasValue(16);
  }

  @Test
  void aRefusalHandsOnAtOnceAndIsToldWhenItIsTheLast() throws Exception {
    int port = listening("127.0.0.3", 0).getLocalPort();
    NameServer names = names().says("half.example", 60, "127.0.0.4", "127.0.0.5", "127.0.0.3");
    names.says("nobody.example", 60, "127.0.0.4", "127.0.0.5");
    long start = System.nanoTime();
    Dialer dialer = dialer(LAB, names);
    assertThat(dial(dialer, "half.example", port).answer().isConnected()).isTrue();
    assertThat(dial(dialer, "nobody.example", port).answer().status())
        .isEqualTo(StreamAnswer.Status.REFUSED);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void theLosersAndARaceThatIsGivenUpAreCutOff() throws Exception {
    ServerSocket slow = listening("127.0.0.2", 0);
    ServerSocket deaf = deaf("127.0.0.6", slow.getLocalPort());
    NameServer names = names().says("two.example", 60, "127.0.0.6", "127.0.0.2");
    Dialer dialer = dialer(LAB, names);
    assertThat(dial(dialer, "two.example", slow.getLocalPort()).answer().isConnected()).isTrue();
    Await.until("the loser is gone", () -> connecting(deaf) == 0);
    var loop = loops.next().netty();
    AtomicBoolean told = new AtomicBoolean();
    CompletableFuture<DialRace> race = new CompletableFuture<>();
    Destination nowhere = new Destination("127.0.0.6", slow.getLocalPort());
    loop.execute(() -> race.complete(dialer.dial(nowhere, loop, telling(told))));
    Await.until("it has begun", () -> connecting(deaf) == 1);
    loop.execute(() -> race.join().giveUp());
    Await.until("it has ended", () -> connecting(deaf) == 0);
    assertThat(told).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "2001:0:7f00:1::1",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1"
      })
  void noNameLeadsIntoTheEgressOwnNetwork(String address) throws Exception {
    NameServer names = names().says("evil.example", 60, address);
    assertThat(dial(dialer(STRICT, names), "evil.example", 443).answer().status())
        .isEqualTo(StreamAnswer.Status.FORBIDDEN);
  }

  @Test
  void aNameThatChangesItsMindIsAskedAboutEachTime() throws Exception {
    NameServer names = names();
    names.says("turncoat.example", 0, "9.9.9.9").says("turncoat.example", 0, "127.0.0.1");
    names.says("mixed.example", 60, "10.0.0.1", "9.9.9.9", "::1", "::ffff:10.0.0.2");
    Dialer dialer = dialer(STRICT, names);
    assertThat(lookUp(dialer, "turncoat.example")).isEqualTo("[9.9.9.9]");
    Await.until(
        "the answer is no longer believed",
        () -> !lookUp(dialer, "turncoat.example").equals("[9.9.9.9]"));
    assertThat(lookUp(dialer, "turncoat.example")).contains("not on the public Internet");
    assertThat(lookUp(dialer, "mixed.example")).isEqualTo("[9.9.9.9]");
  }

  @Test
  void whatBecameForbiddenBetweenLookUpAndDiallingIsNotDialled() throws Exception {
    AtomicBoolean ours = new AtomicBoolean();
    DialPolicy policy = new DialPolicy(false, Set.of(), address -> ours.getAndSet(true));
    NameServer names = names().says("moving.example", 60, "9.9.9.9");
    // Once asked while sifting what the name has, and again before the connection is made.
    assertThat(dial(dialer(policy, names), "moving.example", 443).answer().reason())
        .contains("the egress's own");
  }

  @Test
  void theNameServerIsAskedOnceForWhatItAllows() throws Exception {
    int port = listening("127.0.0.3", 0).getLocalPort();
    NameServer names = names().says("long.example", 60, "127.0.0.3");
    names.fails("none.example", NameServer.NXDOMAIN);
    Dialer dialer = dialer(LAB, names);
    for (int i = 0; i < 12; i++) {
      assertThat(dial(dialer, "long.example", port).answer().isConnected()).isTrue();
      assertThat(dial(dialer, "none.example", port).answer().status())
          .isEqualTo(StreamAnswer.Status.NO_SUCH_NAME);
    }
    assertThat(names.asked("long.example")).isEqualTo(1);
    assertThat(names.asked("none.example")).isEqualTo(1);
  }

  @Test
  void aNameServerThatFailsIsNotANameThatDoesNotExist() throws Exception {
    NameServer names = names();
    names.fails("broken.example", NameServer.SERVFAIL);
    Dialer dialer = dialer(LAB, names);
    assertThat(dial(dialer, "broken.example", 80).answer())
        .extracting(StreamAnswer::status)
        .isEqualTo(StreamAnswer.Status.UNREACHABLE);
    StreamAnswer silence = dial(dialer, "silent.example", 80).answer();
    assertThat(silence.status()).isEqualTo(StreamAnswer.Status.TIMED_OUT);
    assertThat(silence.reason()).contains("name server");
  }

  private NameServer names() throws IOException {
    NameServer names = new NameServer();
    open.add(names);
    return names;
  }

  private Dialer dialer(DialPolicy policy, NameServer names) {
    Dialer dialer = new Dialer(loops, policy, Optional.of(names.address()), Preamble.NONE);
    open.add(dialer);
    return dialer;
  }

  private ServerSocket listening(String host, int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    open.add(0, socket);
    socket.bind(new InetSocketAddress(host, port), 16);
    return socket;
  }

  /** Nobody takes connections from its queue, which is full. */
  private ServerSocket deaf(String host, int port) throws Exception {
    ServerSocket socket = new ServerSocket();
    open.add(0, socket);
    socket.bind(new InetSocketAddress(host, port), 1);
    for (int i = 0; i < 2; i++) {
      Socket filler = new Socket();
      open.add(0, filler);
      filler.connect(socket.getLocalSocketAddress(), 2000);
    }
    return socket;
  }

  /** Connections to {@code socket} that wait for its answer, as the kernel lists them. */
  private static long connecting(ServerSocket socket) throws IOException {
    byte[] ip = socket.getInetAddress().getAddress();
    String peer =
        "%02X%02X%02X%02X:%04X".formatted(ip[3], ip[2], ip[1], ip[0], socket.getLocalPort());
    long found = 0;
    for (String table : List.of("tcp", "tcp6")) { // Ours are of both kinds at once.
      found +=
          Files.readAllLines(Path.of("/proc/self/net", table)).stream()
              .map(line -> line.strip().split("\\s+"))
              .filter(columns -> columns[2].endsWith(peer) && columns[3].equals("02"))
              .count();
    }
    return found;
  }

  private Dialled dial(Dialer dialer, String host, int port) throws Exception {
    CompletableFuture<Dialled> result = new CompletableFuture<>();
    var loop = loops.next().netty();
    loop.execute(
        () ->
            dialer.dial(
                new Destination(host, port),
                loop,
                new Dialer.Outcome() {
                  @Override
                  public void connected(DuplexChannel channel) {
                    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
                    channel.close();
                    result.complete(new Dialled(StreamAnswer.connected(), Optional.of(peer)));
                  }

                  @Override
                  public void failed(StreamAnswer why) {
                    result.complete(new Dialled(why, Optional.empty()));
                  }
                }));
    return result.get(40, TimeUnit.SECONDS);
  }

  private static Dialer.Outcome telling(AtomicBoolean told) {
    return new Dialer.Outcome() {
      @Override
      public void connected(DuplexChannel channel) {
        told.set(true);
      }

      @Override
      public void failed(StreamAnswer why) {
        told.set(true);
      }
    };
  }

  /** The addresses that may be dialled, or why none. */
  private String lookUp(Dialer dialer, String host) throws Exception {
    CompletableFuture<String> result = new CompletableFuture<>();
    var loop = loops.next().netty();
    loop.execute(
        () ->
            dialer.lookUp(
                new Destination(host, 443),
                loop,
                new Dialer.Lookup() {
                  @Override
                  public void found(List<InetSocketAddress> allowed) {
                    result.complete(
                        allowed.stream()
                            .map(a -> a.getAddress().getHostAddress())
                            .toList()
                            .toString());
                  }

                  @Override
                  public void failed(StreamAnswer why) {
                    result.complete(why.reason());
                  }
                }));
    return result.get(40, TimeUnit.SECONDS);
  }

  private static InetSocketAddress to(String address) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(address), 443);
  }
}
