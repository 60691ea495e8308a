// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Optional;
import tollway.capture.CapturedPacket;
import tollway.capture.Finding.Ends;
import tollway.wire.Inspection;

/**
 * A recorded packet on paper. Without {@code seen} it is no message and {@code note} says what it
 * is; with {@code seen} but not recorded whole, {@code note} says so and there is no verdict.
 */
record Decoded(
    CapturedPacket packet,
    Optional<Ends> ends,
    Optional<Inspection> seen,
    String note,
    List<Oddity> oddities) {
  Decoded {
    oddities = List.copyOf(oddities);
  }

  static Decoded nothing(CapturedPacket packet, Optional<Ends> ends, String note) {
    return new Decoded(packet, ends, Optional.empty(), note, List.of());
  }

  boolean isMessage() {
    return seen.isPresent();
  }

  private boolean isCut() {
    return !note.isEmpty();
  }

  boolean isValid() {
    return seen.isPresent() && !isCut() && seen.get().fault().isEmpty();
  }

  String line() {
    StringBuilder line = new StringBuilder("#" + packet.number());
    packet.time().ifPresent(time -> line.append(' ').append(time));
    if (!packet.on().isEmpty()) {
      line.append(' ').append(packet.on());
    }
    ends.ifPresent(
        each ->
            line.append(' ')
                .append(NetUtil.toSocketAddressString(each.source()))
                .append(" > ")
                .append(NetUtil.toSocketAddressString(each.destination())));
    seen.map(Inspection::type).filter(type -> !type.isEmpty()).ifPresent(line.append(' ')::append);
    seen.flatMap(Decoded::sender).ifPresent(sender -> line.append(" from ").append(sender));
    seen.flatMap(Decoded::seqno).ifPresent(seqno -> line.append(" seqno ").append(seqno));
    line.append(": ").append(verdict());
    oddities.forEach(oddity -> line.append("; ").append(oddity.text()));
    return line.toString();
  }

  private String verdict() {
    if (seen.isEmpty()) {
      return "no message: " + note;
    }
    if (isCut()) {
      return "cut: " + note;
    }
    Inspection message = seen.get();
    if (message.fault().isPresent()) {
      return "invalid: " + Refusal.line(message.fault().get());
    }
    return "valid ("
        + String.join(" or ", message.versions())
        + message.rule().map(rule -> ", " + rule.label()).orElse("")
        + ")"
        + message.wireFault().map(fault -> ", not taken today: " + Refusal.line(fault)).orElse("");
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("number", packet.number());
    packet.time().ifPresent(time -> json.addProperty("time", time.toString()));
    if (!packet.on().isEmpty()) {
      json.addProperty("interface", packet.on());
    }
    ends.ifPresent(
        each -> {
          json.addProperty("source", NetUtil.toSocketAddressString(each.source()));
          json.addProperty("destination", NetUtil.toSocketAddressString(each.destination()));
        });
    json.addProperty("message", isMessage());
    if (!note.isEmpty()) {
      json.addProperty("note", note);
    }
    seen.flatMap(Decoded::sender).ifPresent(sender -> json.addProperty("sender", sender));
    seen.flatMap(Decoded::seqno).ifPresent(seqno -> json.addProperty("seqno", seqno));
    seen.filter(whole -> !isCut())
        .map(MsgReport::verdict)
        .ifPresent(
            verdict ->
                verdict.entrySet().forEach(each -> json.add(each.getKey(), each.getValue())));
    if (isMessage()) {
      json.addProperty("valid", isValid());
      JsonArray odd = new JsonArray();
      oddities.forEach(oddity -> odd.add(oddity.json()));
      json.add("odd", odd);
    }
    return json;
  }

  static Optional<String> sender(Inspection seen) {
    return field(seen, List.of("publicKey", "sourcePublicKey"));
  }

  static Optional<String> seqno(Inspection seen) {
    return field(seen, List.of("seqnum"));
  }

  private static Optional<String> field(Inspection seen, List<String> names) {
    return seen.fields().stream()
        .filter(field -> names.contains(field.name()))
        .map(Inspection.Field::value)
        .findFirst();
  }
}
