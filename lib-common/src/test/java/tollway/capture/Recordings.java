// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** The recordings that tcpdump made, and what is in them, a line for each packet. */
final class Recordings {
  private Recordings() {}

  static Bytes read(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Recordings.class.getResourceAsStream(name), name)) {
      return Bytes.of(in.readAllBytes());
    }
  }

  static List<CapturedPacket> packets(Bytes file) throws IOException, MalformedBytesException {
    CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(file.toArray()));
    List<CapturedPacket> packets = new ArrayList<>();
    Optional<CapturedPacket> next = reader.next();
    while (next.isPresent()) {
      packets.add(next.get());
      next = reader.next();
    }
    return packets;
  }

  static List<String> lines(Bytes file) throws IOException, MalformedBytesException {
    return packets(file).stream().map(Recordings::line).toList();
  }

  private static String line(CapturedPacket packet) {
    return packet.number()
        + " "
        + packet.time().map(Object::toString).orElse("-")
        + " "
        + (packet.on().isEmpty() ? "-" : packet.on())
        + " "
        + text(Dissector.dissect(packet));
  }

  private static String text(Finding finding) {
    if (finding instanceof Finding.Datagram whole) {
      String ends = whole.ends().map(Recordings::ends).orElse("-");
      return ends + " " + text(whole.payload());
    }
    if (finding instanceof Finding.CutDatagram cut) {
      return ends(cut.ends()) + " " + text(cut.payload()) + " lacks " + cut.missing();
    }
    return finding instanceof Finding.Fragment part ? part.why() : ((Finding.Other) finding).why();
  }

  private static String ends(Finding.Ends ends) {
    return end(ends.source()) + ">" + end(ends.destination());
  }

  private static String end(InetSocketAddress end) {
    return end.getAddress().getHostAddress() + "|" + end.getPort();
  }

  private static String text(Bytes payload) {
    String text = payload.utf8();
    return payload.size() + ":" + text.substring(0, Math.min(16, text.length()));
  }
}
