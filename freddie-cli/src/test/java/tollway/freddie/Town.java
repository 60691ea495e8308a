// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.bus.InProcessBus;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.reach.Reach;
import tollway.tls.ServerTls;

/** A real freddie on a real port, and people around it who all mean one egress. */
final class Town implements AutoCloseable {
  static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();

  private final NettyLoops loops = new NettyLoops(1);
  private final NettyEventLoop loop = loops.next();
  private final List<Person> people = new ArrayList<>();
  private final FreddieConfig.Limits limits;
  private final Optional<ServerTls> tls;
  private final InProcessBus bus;
  private FreddieNode freddie;

  Town() throws IOException {
    this(FreddieConfig.Limits.of(100));
  }

  Town(FreddieConfig.Limits limits) throws IOException {
    this(limits, Optional.empty(), new InProcessBus());
  }

  Town(FreddieConfig.Limits limits, Optional<ServerTls> tls) throws IOException {
    this(limits, tls, new InProcessBus());
  }

  /** Whose freddie serves one market with all others on {@code bus}. */
  Town(InProcessBus bus) throws IOException {
    this(FreddieConfig.Limits.of(100), Optional.empty(), bus);
  }

  private Town(FreddieConfig.Limits limits, Optional<ServerTls> tls, InProcessBus bus)
      throws IOException {
    this.limits = limits;
    this.tls = tls;
    this.bus = bus;
    freddie = start(0);
  }

  /** Where freddie is, or was last. */
  InetSocketAddress address() {
    return freddie.address();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + address().getPort());
  }

  /** Somebody who begins to connect to the freddie. */
  Person person() {
    return person(List.of(url()));
  }

  Person person(List<URI> freddies) {
    return person(Reach.of(freddies));
  }

  Person person(Reach reach) {
    return person(reach, false);
  }

  /** {@code ownHost}: it is to meet others on its host. */
  Person person(Reach reach, boolean ownHost) {
    Person person = new Person(loop, EGRESS, reach, ownHost);
    people.add(person);
    return person;
  }

  /** Clients find the list of {@code board} from now on. */
  void show(ListBoard board) {
    freddie.show(board);
  }

  /** As a process that is told to stop. */
  void stopFreddie() {
    freddie.close();
  }

  /** As a process that is told to stop, and lets those who are paired finish. */
  void drainFreddie() {
    freddie.drain();
  }

  /** A freddie without memory on the old port. */
  void startFreddie() throws IOException {
    freddie = start(address().getPort());
  }

  /** The body of one of the operator's pages. */
  String page(String path) throws IOException {
    String answer = exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  /** Sends {@code text} and hears until freddie closes. */
  String exchange(String text) throws IOException {
    return exchange(text, StandardCharsets.UTF_8);
  }

  String exchange(String text, Charset charset) throws IOException {
    try (Socket socket = new Socket(address().getAddress(), address().getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), charset);
    }
  }

  /** One figure of {@code /metrics}; -1 when freddie does not take another connection. */
  long metric(String name) throws IOException {
    try {
      return page("/metrics")
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
          .findFirst()
          .orElse(-1);
    } catch (SocketException cutOff) {
      return -1;
    }
  }

  @Override
  public void close() {
    people.forEach(Person::close);
    freddie.close();
    loops.close();
  }

  private FreddieNode start(int port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return FreddieNode.start(
        new FreddieConfig(
            new InetSocketAddress(loopback, port),
            tls,
            List.of(new FreddieConfig.StunAddress(new InetSocketAddress(loopback, 0), "")),
            Optional.empty(),
            limits),
        bus.join());
  }
}
