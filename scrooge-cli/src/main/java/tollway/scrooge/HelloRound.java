// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import tollway.bytes.Bytes;
import tollway.link.LinkConfig;
import tollway.link.LinkDatagram;
import tollway.link.LinkInterface;
import tollway.link.LinkListener;
import tollway.link.LinkSocket;
import tollway.loop.EventLoop;
import tollway.seqno.SeqnoSource;
import tollway.wire.Endpoint;
import tollway.wire.Fault;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.MalformedMessageException;

/** Says hello on every link, several times in case one is lost, and collects who answers. */
final class HelloRound implements LinkListener {
  private static final Duration REPEAT = Duration.ofMillis(500);

  private final EventLoop loop;
  private final HelloConfig config;
  private final Consumer<HelloAnswer> onAnswer;
  private final LinkSocket socket;
  private final int port;

  private final Set<String> heard = new HashSet<>();
  private final Set<String> spokenOn = new TreeSet<>();
  private final List<HelloAnswer> answers = new ArrayList<>();
  private final Map<Fault, Integer> refused = new TreeMap<>();
  private long firstSent;
  private long lastSeqno;

  /** What came of it. */
  record Outcome(Set<String> spokenOn, List<HelloAnswer> answers, Map<Fault, Integer> refused) {}

  /** On the loop. */
  HelloRound(EventLoop loop, HelloConfig config, Consumer<HelloAnswer> onAnswer)
      throws IOException {
    this.loop = loop;
    this.config = config;
    this.onAnswer = onAnswer;
    socket = open();
    port = socket.localPort();
    loop.every(REPEAT, () -> socket.interfaces().forEach(this::speak));
  }

  /** On the well-known port, where hellos of others come too, unless a daemon has it. */
  private LinkSocket open() throws IOException {
    int size = LinkCodec.SIZE_LIMIT;
    try {
      return LinkSocket.open(loop, LinkConfig.wellKnown(config.interfaces(), size), this);
    } catch (BindException daemonHasIt) {
      LinkConfig anyPort = new LinkConfig(config.interfaces(), 0, LinkConfig.PORT, size);
      return LinkSocket.open(loop, anyPort, this);
    }
  }

  @Override
  public void up(LinkInterface on) {
    speak(on);
  }

  @Override
  public void down(LinkInterface on) {
    // Nothing to take back: what was heard there was heard.
  }

  private void speak(LinkInterface on) {
    Endpoint control = new Endpoint(on.linkLocal(), on.name(), port);
    lastSeqno = Math.max(lastSeqno + 1, SeqnoSource.ofClock(loop.now()));
    LinkMessage hello = new LinkMessage.Hello(config.identity().nodeId(), control, lastSeqno);
    Bytes datagram = LinkCodec.sign(hello, config.identity());
    if (transmit(datagram, on)) {
      if (spokenOn.isEmpty()) {
        firstSent = loop.nanoTime();
      }
      spokenOn.add(on.name());
    }
  }

  private boolean transmit(Bytes datagram, LinkInterface on) {
    if (config.to().isEmpty()) {
      return socket.multicast(on, datagram);
    }
    Endpoint to = config.to().get();
    boolean elsewhere = !to.zone().isEmpty() && !to.zone().equals(on.name());
    return !elsewhere && socket.send(datagram, to.toSocketAddress(on.index()));
  }

  @Override
  public void datagram(LinkDatagram datagram) {
    try {
      LinkMessage message = LinkCodec.parse(datagram.payload(), datagram.on().name()).verify();
      if (!message.sender().equals(config.identity().nodeId())) {
        take(message, datagram.on().name());
      }
    } catch (MalformedMessageException malformed) {
      refused.merge(malformed.fault(), 1, Integer::sum);
    }
  }

  private void take(LinkMessage message, String on) {
    if (message instanceof LinkMessage.HelloConfirm confirm) {
      add(message, confirm.controlAddress(), on);
    } else if (message instanceof LinkMessage.Hello hello) {
      add(message, hello.controlAddress(), on);
    }
  }

  private void add(LinkMessage message, Endpoint controlAddress, String on) {
    if (heard.add(message.sender() + " " + on + " " + message.getClass().getSimpleName())) {
      Duration after = Duration.ofNanos(loop.nanoTime() - firstSent);
      HelloAnswer answer = new HelloAnswer(message, controlAddress.toString(), on, after);
      answers.add(answer);
      onAnswer.accept(answer);
    }
  }

  /** Ends the round. On the loop. */
  Outcome finish() {
    socket.close();
    return new Outcome(spokenOn, List.copyOf(answers), refused);
  }
}
