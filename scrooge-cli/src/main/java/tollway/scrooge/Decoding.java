// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import tollway.bounded.BoundedMaps;
import tollway.bytes.Bytes;
import tollway.capture.CapturedPacket;
import tollway.capture.Dissector;
import tollway.capture.Finding;
import tollway.wire.Fault;
import tollway.wire.Inspection;
import tollway.wire.Inspector;
import tollway.wire.SigningRule;

/** Judges recorded packets one after the other, and remembers what their senders said before. */
final class Decoding {
  /** Of the packets and senders seen last so many are remembered. */
  private static final int MEMORY = 65_536;

  /** Honest numbers count from 1 or are the clock's microseconds: none is further ahead. */
  private static final long FUTURE = TimeUnit.DAYS.toMicros(3_650);

  private static final Bytes FIRST = Bytes.ofUtf8("scrooge_");

  /** Later messages between nodes that can do more; not all of them are of neighbours. */
  private static final Bytes SECOND = Bytes.ofUtf8("scrooge2_");

  private final Set<SigningRule> accepted;
  private final Map<Bytes, Integer> heard = BoundedMaps.firstCome(MEMORY);
  private final Map<String, Mark> marks = BoundedMaps.firstCome(MEMORY);

  private int packets;
  private int valid;
  private int invalid;
  private int cut;
  private int odd;
  private int fragments;

  /** The highest number of a sender, and in which packet it was. */
  private record Mark(long seqno, int number) {}

  Decoding(Set<SigningRule> accepted) {
    this.accepted = Set.copyOf(accepted);
  }

  Decoded decode(CapturedPacket packet) {
    Decoded decoded = judge(packet);
    packets++;
    odd += decoded.oddities().isEmpty() ? 0 : 1;
    if (decoded.isValid()) {
      valid++;
    } else if (decoded.isMessage()) {
      cut += decoded.note().isEmpty() ? 0 : 1;
      invalid += decoded.note().isEmpty() ? 1 : 0;
    }
    return decoded;
  }

  /** Whether every message that was there is valid. */
  boolean sound() {
    return invalid == 0 && cut == 0;
  }

  String summary() {
    StringJoiner text = new StringJoiner(", ");
    text.add(packets + " packets").add(valid + " valid messages").add(invalid + " invalid");
    add(text, cut, " cut");
    add(text, odd, " odd");
    add(text, fragments, " IP fragments not looked into");
    return text.toString();
  }

  private static void add(StringJoiner text, int count, String what) {
    if (count > 0) {
      text.add(count + what);
    }
  }

  private Decoded judge(CapturedPacket packet) {
    Finding finding = Dissector.dissect(packet);
    if (finding instanceof Finding.Datagram datagram) {
      return ours(datagram.payload())
          ? message(packet, datagram)
          : Decoded.nothing(packet, datagram.ends(), "a datagram of something else");
    }
    if (finding instanceof Finding.CutDatagram datagram) {
      Optional<Finding.Ends> ends = Optional.of(datagram.ends());
      String lacks = "its last " + datagram.missing() + " bytes were not recorded";
      return ours(datagram.payload())
          ? new Decoded(packet, ends, Optional.of(unread()), lacks, List.of())
          : Decoded.nothing(packet, ends, "a datagram of something else");
    }
    if (finding instanceof Finding.Fragment part) {
      fragments++;
      return Decoded.nothing(packet, Optional.empty(), part.why());
    }
    return Decoded.nothing(packet, Optional.empty(), ((Finding.Other) finding).why());
  }

  private static Inspection unread() {
    return new Inspection(
        "", List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static boolean ours(Bytes payload) {
    return beginsWith(payload, FIRST) || beginsWith(payload, SECOND);
  }

  private static boolean beginsWith(Bytes payload, Bytes beginning) {
    int size = beginning.size();
    return payload.size() >= size && payload.slice(0, size).equals(beginning);
  }

  private Decoded message(CapturedPacket packet, Finding.Datagram datagram) {
    Inspection seen = Inspector.inspect(datagram.payload(), accepted);
    if (seen.type().isEmpty()
        && seen.fault().filter(each -> each.fault() == Fault.BAD_TYPE).isPresent()
        && beginsWith(datagram.payload(), SECOND)) {
      return Decoded.nothing(packet, datagram.ends(), "scrooge2, of a type not verified here");
    }
    List<Oddity> oddities =
        seen.fault().isEmpty() ? oddities(packet, datagram.payload(), seen) : List.of();
    return new Decoded(packet, datagram.ends(), Optional.of(seen), "", oddities);
  }

  /** Only of messages that verify: anybody can write a number into another. */
  private List<Oddity> oddities(CapturedPacket packet, Bytes payload, Inspection seen) {
    List<Oddity> oddities = new ArrayList<>();
    String sender = Decoded.sender(seen).orElseThrow();
    long seqno = Long.parseUnsignedLong(Decoded.seqno(seen).orElseThrow());
    Integer first = heard.putIfAbsent(payload, packet.number());
    Mark mark = marks.get(sender);
    if (first != null) {
      oddities.add(new Oddity(Oddity.Kind.REPEATS, first));
    } else if (mark != null && Long.compareUnsigned(seqno, mark.seqno()) <= 0) {
      oddities.add(new Oddity(Oddity.Kind.GOES_BACK, mark.number()));
    }
    if (mark == null || Long.compareUnsigned(seqno, mark.seqno()) > 0) {
      marks.put(sender, new Mark(seqno, packet.number()));
    }
    long now = TimeUnit.SECONDS.toMicros(packet.time().orElseGet(Instant::now).getEpochSecond());
    if (Long.compareUnsigned(seqno, now + FUTURE) > 0) {
      oddities.add(new Oddity(Oddity.Kind.LOCKS, packet.number()));
    }
    return oddities;
  }
}
