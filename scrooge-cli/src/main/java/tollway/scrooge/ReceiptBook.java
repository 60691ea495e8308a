// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.receipt.Answer;
import tollway.receipt.Claim;
import tollway.receipt.ReceiptCodec;
import tollway.store.NodeStore;
import tollway.store.Receipt;
import tollway.store.Totals;

/**
 * Receipts as they are kept: what we claim, and what we answer to claims about us. All methods
 * block, on the {@code os} loop; whatever they return has been kept.
 */
final class ReceiptBook {
  /** As many claims are repeated until they are answered. */
  private static final int REPEATED = 8;

  /** A claim that comes later than this was held up, and others wait behind it. */
  private static final Duration TIMELY = Duration.ofSeconds(60);

  private final Identity identity;
  private final String self;
  private final NodeStore store;
  private final Listener listener;

  /** Who wants to know of receipts that have their answer: a ledger, or a log. */
  interface Listener {
    void settled(Receipt receipt);
  }

  ReceiptBook(Identity identity, NodeStore store, Listener listener) {
    this.identity = identity;
    self = identity.nodeId().base64();
    this.store = store;
    this.listener = listener;
  }

  /** Claims what was forwarded from and for {@code neighbor} and not claimed yet, if anything. */
  void claim(NodeId neighbor, Instant now) throws IOException {
    Totals forwarded = store.forwarded(neighbor.base64());
    Totals claimed = store.claimed(neighbor.base64());
    long from = forwarded.from() - claimed.from();
    long back = forwarded.back() - claimed.back();
    if (from < 0 || back < 0 || (from == 0 && back == 0)) {
      return;
    }
    Optional<Receipt> last = last(self, neighbor.base64());
    long start = last.map(Receipt::end).orElseGet(() -> now.getEpochSecond());
    long end = Math.max(start, now.getEpochSecond());
    long number = last.map(each -> each.number() + 1).orElse(1L);
    Claim claim = new Claim(identity.nodeId(), neighbor, number, start, end, from, back);
    String text = ReceiptCodec.sign(claim, identity);
    store.claim(
        receipt(
            claim, text, Optional.empty(), Receipt.UNANSWERED, store.carried(neighbor.base64())));
  }

  /** The latest claims about {@code neighbor} that it has not answered, the oldest first. */
  List<String> unanswered(NodeId neighbor) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Receipt each : store.receipts(self, neighbor.base64(), REPEATED)) {
      if (each.answer().isEmpty()) {
        texts.add(each.claim());
      }
    }
    Collections.reverse(texts);
    return texts;
  }

  /** Our answer to a verified claim about us; none to what does not follow its last one. */
  Optional<String> answer(Claim claim, String text, Instant now) throws IOException {
    String issuer = claim.issuer().base64();
    Optional<Receipt> last = last(issuer, self);
    if (last.isPresent() && claim.number() <= last.get().number()) {
      return store
          .receipt(issuer, self, claim.number())
          .filter(kept -> kept.claim().equals(text))
          .flatMap(Receipt::answer);
    }
    if (last.isPresent() && claim.start() < last.get().end()) {
      return Optional.empty();
    }
    Totals carried = store.carried(issuer);
    long sent = last.map(Receipt::sent).orElse(0L);
    long received = last.map(Receipt::received).orElse(0L);
    Answer answer =
        claim.answer(Math.max(0, carried.back() - sent), Math.max(0, carried.from() - received));
    String signed = ReceiptCodec.sign(answer, identity);
    Totals used = carried;
    if (now.getEpochSecond() - claim.end() > TIMELY.toSeconds()) {
      // What it does not use up is for the claims behind it.
      used =
          new Totals(
              Math.min(carried.from(), received + claim.forBytes()),
              Math.min(carried.back(), sent + claim.fromBytes()));
    }
    Receipt kept = receipt(claim, text, Optional.of(signed), verdict(answer), used);
    store.keep(kept);
    listener.settled(kept);
    return Optional.of(signed);
  }

  /** Keeps the verified answer to a claim of ours that still waits for one. */
  void answered(Answer answer, String text) throws IOException {
    Claim claim = answer.claim();
    Optional<Receipt> waiting =
        store
            .receipt(self, claim.neighbor().base64(), claim.number())
            .filter(each -> each.answer().isEmpty() && says(each, claim));
    if (waiting.isPresent()) {
      Receipt settled = waiting.get().answered(text, verdict(answer));
      store.keep(settled);
      listener.settled(settled);
    }
  }

  private static boolean says(Receipt receipt, Claim claim) {
    return receipt.start() == claim.start()
        && receipt.end() == claim.end()
        && receipt.fromBytes() == claim.fromBytes()
        && receipt.forBytes() == claim.forBytes();
  }

  private Optional<Receipt> last(String issuer, String neighbor) throws IOException {
    return store.receipts(issuer, neighbor, 1).stream().findFirst();
  }

  private static String verdict(Answer answer) {
    return answer.agreed() ? "agreed" : "differs";
  }

  private static Receipt receipt(
      Claim claim, String text, Optional<String> answer, String verdict, Totals carried) {
    return new Receipt(
        claim.issuer().base64(),
        claim.neighbor().base64(),
        claim.number(),
        claim.start(),
        claim.end(),
        claim.fromBytes(),
        claim.forBytes(),
        text,
        answer,
        verdict,
        carried.back(),
        carried.from());
  }
}
