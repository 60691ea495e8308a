// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.link.LinkDatagram;
import tollway.loop.EventLoop;
import tollway.neighbor.Neighbor;
import tollway.neighbor.Neighborhood;
import tollway.receipt.Answer;
import tollway.receipt.Claim;
import tollway.receipt.ReceiptCodec;

/**
 * Tells neighbours, signed, what was forwarded from and for them, and answers what they tell us.
 * Only those with an open tunnel are heard. Owned by the node's loop.
 */
final class ReceiptExchange {
  private static final Logger log = LoggerFactory.getLogger(ReceiptExchange.class);
  private static final Duration REPEAT = Duration.ofSeconds(30);
  private static final Duration MINUTE = Duration.ofSeconds(60);

  /** Messages of one neighbour that are verified in a minute. */
  private static final int HEARD_PER_MINUTE = 60;

  private final EventLoop loop;
  private final EventLoop os;
  private final Neighborhood neighborhood;
  private final Meter meter;
  private final ReceiptBook book;
  private final SidePort side;
  private final NodeId self;
  private final Map<NodeId, Integer> heard = new HashMap<>();

  ReceiptExchange(
      EventLoop loop,
      EventLoop os,
      NodeId self,
      Neighborhood neighborhood,
      Meter meter,
      ReceiptBook book,
      SidePort side) {
    this.loop = loop;
    this.os = os;
    this.self = self;
    this.neighborhood = neighborhood;
    this.meter = meter;
    this.book = book;
    this.side = side;
  }

  /** Listens, and tells every neighbour once in {@code period}, if that is not zero. */
  void start(Duration period) {
    side.on(ReceiptCodec.CLAIM, this::claimed);
    side.on(ReceiptCodec.ANSWER, this::answered);
    loop.every(MINUTE, heard::clear);
    if (!period.isZero()) {
      loop.every(period, this::settle);
      loop.every(REPEAT, this::repeat);
    }
  }

  private Set<NodeId> neighbors() {
    Set<NodeId> all = new LinkedHashSet<>();
    neighborhood.snapshot().stream()
        .filter(Neighbor::mayForward)
        .forEach(each -> all.add(each.id().node()));
    return all;
  }

  /** Claims what is not claimed yet, of all neighbours with a tunnel. */
  void settle() {
    loop.checkInLoop();
    meter.read();
    neighbors().forEach(this::settle);
  }

  /** Of one, whose tunnel is about to end. */
  void settleLast(NodeId neighbor) {
    loop.checkInLoop();
    meter.read();
    settle(neighbor);
  }

  /** {@code done} runs when all that was wanted before has been done and sent. */
  void settled(Runnable done) {
    os.execute(() -> loop.execute(done));
  }

  private void settle(NodeId neighbor) {
    work(
        () -> {
          book.claim(neighbor, loop.now());
          List<String> texts = book.unanswered(neighbor);
          loop.execute(() -> send(neighbor, texts));
        });
  }

  private void repeat() {
    for (NodeId neighbor : neighbors()) {
      work(
          () -> {
            List<String> texts = book.unanswered(neighbor);
            loop.execute(() -> send(neighbor, texts));
          });
    }
  }

  private void send(NodeId neighbor, List<String> texts) {
    neighborhood.snapshot().stream()
        .filter(each -> each.id().node().equals(neighbor))
        .findFirst()
        .ifPresent(
            at -> {
              for (String text : texts) {
                side.send(at.id().link(), at.contact().source(), Bytes.ofUtf8(text));
              }
            });
  }

  private void claimed(LinkDatagram datagram) {
    Optional<Neighbor> from = sender(datagram);
    if (from.isEmpty()) {
      return;
    }
    try {
      Claim claim = ReceiptCodec.claim(datagram.payload());
      if (!claim.neighbor().equals(self)) {
        return;
      }
      meter.read(); // What we counted up to now is what we compare with.
      String text = datagram.payload().utf8();
      work(
          () ->
              book.answer(claim, text, loop.now())
                  .ifPresent(answer -> loop.execute(() -> send(claim.issuer(), List.of(answer)))));
    } catch (MalformedBytesException refused) {
      log.debug("a claim of {}: {}", from.get().id(), refused.getMessage());
    }
  }

  private void answered(LinkDatagram datagram) {
    Optional<Neighbor> from = sender(datagram);
    if (from.isEmpty()) {
      return;
    }
    try {
      Answer answer = ReceiptCodec.answer(datagram.payload());
      if (answer.claim().issuer().equals(self)) {
        String text = datagram.payload().utf8();
        work(() -> book.answered(answer, text));
      }
    } catch (MalformedBytesException refused) {
      log.debug("an answer of {}: {}", from.get().id(), refused.getMessage());
    }
  }

  /** The neighbour that claims to have signed it and speaks from there, within its budget. */
  private Optional<Neighbor> sender(LinkDatagram datagram) {
    String signer;
    try {
      signer = ReceiptCodec.claimedSigner(datagram.payload());
    } catch (MalformedBytesException refused) {
      return Optional.empty();
    }
    Bytes source = Bytes.of(datagram.source().getAddress().getAddress());
    return neighborhood.snapshot().stream()
        .filter(Neighbor::mayForward)
        .filter(each -> each.id().node().base64().equals(signer))
        .filter(each -> each.id().link().equals(datagram.on().name()))
        .filter(each -> each.contact().source().equals(source))
        .filter(each -> heard.merge(each.id().node(), 1, Integer::sum) <= HEARD_PER_MINUTE)
        .findFirst();
  }

  /** Something that blocks. */
  private interface Work {
    void run() throws IOException;
  }

  private void work(Work work) {
    os.execute(
        () -> {
          try {
            work.run();
          } catch (IOException refused) {
            log.warn("receipts: {}", refused.getMessage());
          }
        });
  }
}
