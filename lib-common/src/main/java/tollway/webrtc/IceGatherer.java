// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.portmap.PortMapping;
import tollway.stun.NatMapping;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunCohort;
import tollway.stun.StunMessage;
import tollway.stun.StunTransaction;

/**
 * Finds our own candidates: a socket on every usable address, and what the STUN servers say of each
 * (RFC 8445 §5.1.1). All servers are asked at once and every answer is told when it comes, so that
 * a dead server costs nothing but the word that gathering is done.
 */
final class IceGatherer {
  /** What was found. */
  interface Output {
    void base(IceSocket socket, IceBase base);

    void candidate(IceCandidate candidate);

    /** Nothing follows. {@code nat}: what the servers' answers say of it. */
    void done(NatMapping nat);
  }

  /** Four requests within 2 s, given up after 4 s: who is slower than that is no help. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  private static final int SENDS = 4;

  /** A name server may think longer; what it says later than this is not waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_CANDIDATES = 64;
  private static final Logger log = LoggerFactory.getLogger(IceGatherer.class);

  /** {@code named}: the server as it was named to us, maybe by a name. */
  private record Question(
      IceSocket socket,
      IceBase base,
      InetSocketAddress named,
      InetSocketAddress server,
      long asked) {}

  private final NettyEventLoop loop;
  private final Random random;
  private final IceConfig config;
  private final Output output;
  private final Map<IceSocket, IceBase> bases = new HashMap<>();

  /** As they were named, by the addresses that are asked. */
  private final Map<InetSocketAddress, InetSocketAddress> servers = new LinkedHashMap<>();

  /** As they were named: those that were asked, or whose name nobody knows. */
  private final Set<InetSocketAddress> tried = new HashSet<>();

  /** As they were named: those from which something came that is of use. */
  private final Set<InetSocketAddress> heard = new HashSet<>();

  private final Map<Bytes, Question> questions = new HashMap<>();
  private final Map<Bytes, StunTransaction> transactions = new HashMap<>();
  private final Map<String, String> foundations = new HashMap<>();
  private final Set<InetSocketAddress> told = new HashSet<>();
  private final List<PortMapping> mappings = new ArrayList<>();
  private final Map<IceBase, Map<InetSocketAddress, InetSocketAddress>> answers = new HashMap<>();
  private boolean routerOpened;

  /** Sockets being opened and names being looked up. */
  private int awaited;

  private Timer deadline = () -> {};
  private boolean done;
  private boolean closed;

  IceGatherer(NettyEventLoop loop, Random random, IceConfig config, Output output) {
    this.loop = loop;
    this.random = random;
    this.config = config;
    this.output = output;
  }

  void start(IceSocket.Sink sink) {
    List<InetAddress> addresses = HostAddresses.usable(config);
    awaited = addresses.size() + config.stun().servers().size();
    deadline = loop.schedule(PATIENCE, this::finish);
    for (int i = 0; i < addresses.size(); i++) {
      open(addresses.get(i), 0xffff - i, sink);
    }
    config.stun().servers().forEach(this::resolve);
    finishIfDone();
  }

  private void open(InetAddress address, int localPreference, IceSocket.Sink sink) {
    IceSocket.open(
        loop,
        address,
        new PortRange(config.portMin(), config.portMax(), random),
        sink,
        socket -> {
          if (closed) {
            socket.close();
            return;
          }
          IceBase base = new IceBase(socket.address(), localPreference);
          bases.put(socket, base);
          output.base(socket, base);
          tell(IceCandidate.Type.HOST, base, base.address(), Optional.empty());
          servers.forEach((server, named) -> ask(socket, base, named, server));
          if (config.mapPorts()) {
            askRouter(base);
          }
          arrived();
        },
        refused -> {
          log.debug("no socket on {}: {}", address, refused.getMessage());
          arrived();
        });
  }

  /** Whoever sends to what the router opens arrives as if the router had known it (srflx). */
  private void askRouter(IceBase base) {
    PortMapping.ask(
            loop,
            base.address(),
            random,
            outside -> {
              routerOpened = true;
              tell(IceCandidate.Type.SERVER_REFLEXIVE, base, outside, Optional.of(base.address()));
            })
        .ifPresent(mappings::add);
  }

  private void resolve(InetSocketAddress server) {
    if (!server.isUnresolved()) {
      found(server, List.of(server));
      return;
    }
    BackgroundThread.start(
        "stun-name",
        () -> {
          List<InetSocketAddress> found = lookUp(server);
          loop.execute(() -> found(server, found));
        });
  }

  private static List<InetSocketAddress> lookUp(InetSocketAddress server) {
    try {
      List<InetSocketAddress> found = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(server.getHostString())) {
        InetSocketAddress resolved = new InetSocketAddress(address, server.getPort());
        // One of each family says all that the server can say.
        if (found.stream().noneMatch(other -> sameFamily(other, resolved))) {
          found.add(resolved);
        }
      }
      return found;
    } catch (UnknownHostException unknown) {
      log.debug("no address for STUN server {}", server.getHostString());
      return List.of();
    }
  }

  private static boolean sameFamily(InetSocketAddress one, InetSocketAddress other) {
    return one.getAddress().getClass() == other.getAddress().getClass();
  }

  private void found(InetSocketAddress named, List<InetSocketAddress> addresses) {
    if (closed) {
      return;
    }
    if (addresses.isEmpty()) {
      tried.add(named);
    }
    for (InetSocketAddress server : addresses) {
      if (servers.putIfAbsent(server, named) == null) {
        bases.forEach((socket, base) -> ask(socket, base, named, server));
      }
    }
    arrived();
  }

  private void ask(
      IceSocket socket, IceBase base, InetSocketAddress named, InetSocketAddress server) {
    if (closed || done || !base.reaches(server)) {
      return;
    }
    StunMessage question = StunMessage.request(StunMessage.newTransactionId(random));
    Bytes id = question.transactionId();
    Bytes datagram = StunCodec.encode(question);
    questions.put(id, new Question(socket, base, named, server, loop.nanoTime()));
    tried.add(named);
    transactions.put(
        id,
        StunTransaction.start(
            loop,
            FIRST_PAUSE,
            SENDS,
            () -> socket.sendNow(server, datagram),
            () -> {
              log.debug("STUN server {} is silent", server);
              forget(id);
              finishIfDone();
            }));
  }

  /** Whether the datagram was the answer of a STUN server. */
  boolean onStun(IceSocket socket, InetSocketAddress from, Bytes datagram) {
    if (questions.isEmpty()) {
      return false;
    }
    try {
      StunMessage answer = StunCodec.decode(datagram);
      Question question = questions.get(answer.transactionId());
      if (question == null || question.socket() != socket || !question.server().equals(from)) {
        return false;
      }
      forget(answer.transactionId());
      if (answer.isBinding(StunMessage.Kind.SUCCESS)) {
        answer
            .first(StunAttribute.XorMappedAddress.class)
            .ifPresent(mapped -> onMapped(question, mapped.address()));
      }
      finishIfDone();
      return true;
    } catch (MalformedBytesException malformed) {
      return false; // The checks will say why.
    }
  }

  private void onMapped(Question question, InetSocketAddress mapped) {
    IceBase base = question.base();
    // A server cannot make us announce nonsense.
    if (sameFamily(base.address(), mapped)
        && AddressScope.of(mapped.getAddress()) != AddressScope.NOWHERE) {
      answers.computeIfAbsent(base, fresh -> new HashMap<>()).put(question.server(), mapped);
      heard.add(question.named());
      config
          .stun()
          .report()
          .answered(
              question.named(),
              question.server(),
              Duration.ofNanos(loop.nanoTime() - question.asked()));
      tell(IceCandidate.Type.SERVER_REFLEXIVE, base, mapped, Optional.of(base.address()));
    }
  }

  /** That of the IPv4 address that most servers answered to; IPv6 has none. */
  private NatMapping nat() {
    if (routerOpened) {
      return NatMapping.NONE;
    }
    return answers.entrySet().stream()
        .filter(heard -> heard.getKey().address().getAddress() instanceof Inet4Address)
        .max(Comparator.comparingInt(heard -> heard.getValue().size()))
        .map(most -> NatMapping.of(most.getKey().address(), most.getValue()))
        .orElse(NatMapping.UNKNOWN);
  }

  private void tell(
      IceCandidate.Type type,
      IceBase base,
      InetSocketAddress address,
      Optional<InetSocketAddress> related) {
    // RFC 8445 §5.1.3: what says nothing new is dropped.
    if (closed || address.getPort() == 0 || told.size() == MOST_CANDIDATES || !told.add(address)) {
      return;
    }
    // RFC 8445 §5.1.1.3: one foundation per type, base address and server; which of several servers
    // said it first is chance, so they count as one.
    String key = type + " " + base.address().getAddress();
    String foundation =
        foundations.computeIfAbsent(key, unused -> String.valueOf(foundations.size() + 1));
    output.candidate(
        new IceCandidate(
            type, foundation, type.priority(base.localPreference()), address, related));
  }

  private void forget(Bytes id) {
    questions.remove(id);
    StunTransaction transaction = transactions.remove(id);
    if (transaction != null) {
      transaction.finish();
    }
  }

  private void arrived() {
    awaited--;
    finishIfDone();
  }

  private void finishIfDone() {
    if (awaited == 0 && questions.isEmpty()) {
      finish();
    }
  }

  private void finish() {
    if (!closed && !done) {
      done = true;
      deadline.cancel();
      tellOfServers();
      List.copyOf(questions.keySet()).forEach(this::forget);
      output.done(nat());
    }
  }

  /** Who was silent all the time, or told another address than most. */
  private void tellOfServers() {
    StunCohort.Report report = config.stun().report();
    questions.values().forEach(late -> tried.remove(late.named()));
    tried.removeAll(heard);
    tried.forEach(report::useless);
    answers.values().stream()
        .flatMap(told -> NatMapping.odd(told).stream())
        .map(servers::get)
        .distinct()
        .forEach(report::useless);
  }

  void close() {
    closed = true;
    deadline.cancel();
    transactions.values().forEach(StunTransaction::finish);
    transactions.clear();
    questions.clear();
    mappings.forEach(PortMapping::close);
    mappings.clear();
    bases.keySet().forEach(IceSocket::close);
    bases.clear();
  }
}
