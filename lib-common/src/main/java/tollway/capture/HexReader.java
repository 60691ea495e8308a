// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * Packets as text: what {@code xxd} or {@code tcpdump -x} prints, where an offset of 0 begins a
 * packet, or nothing but hex digits, a packet on each line. Empty lines and {@code #} are skipped.
 */
final class HexReader implements CaptureReader {
  private static final int LINE_LIMIT = 4 * PACKET_LIMIT;

  /** What stands before the bytes of a dump's line. */
  private static final Pattern OFFSET = Pattern.compile("\\s*(?:0x)?([0-9a-fA-F]{4,8}):\\s+");

  /** The line above the bytes in tcpdump's text, and what -v adds below it. */
  private static final Pattern TCPDUMP =
      Pattern.compile("\\s+\\S.*|(?:\\S+ )?[0-9:]{8}\\.[0-9]+ .*|[0-9]+\\.[0-9]+ .*|IP6? .*");

  private final BufferedInputStream in;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private long position;
  private long lineNumber;
  private int number;

  HexReader(BufferedInputStream in) {
    this.in = in;
  }

  @Override
  public Optional<CapturedPacket> next() throws IOException, MalformedBytesException {
    while (true) {
      long from = position;
      String line = line();
      if (line == null) {
        return flush();
      }
      Optional<CapturedPacket> whole = take(from, line);
      if (whole.isPresent()) {
        return whole;
      }
    }
  }

  /** The packet that {@code line} ends, or is. */
  private Optional<CapturedPacket> take(long from, String line) throws MalformedBytesException {
    if (line.isBlank() || line.startsWith("#")) {
      return flush();
    }
    Matcher dump = OFFSET.matcher(line);
    if (dump.lookingAt()) {
      long offset = Long.parseLong(dump.group(1), 16);
      Optional<CapturedPacket> before = offset == 0 ? flush() : Optional.empty();
      if (offset != pending.size()) {
        throw wrong(from, "offset %#x where %#x was due".formatted(offset, pending.size()));
      }
      append(from, withoutText(line.substring(dump.end())));
      return before;
    }
    if (isBare(line)) {
      Optional<CapturedPacket> before = flush();
      append(from, line);
      return before;
    }
    if (TCPDUMP.matcher(line).matches()) {
      return flush();
    }
    throw wrong(from, "neither hex digits nor a line of xxd or tcpdump -x");
  }

  /** Two spaces end the digits; then the same follows as text. */
  private static String withoutText(String line) {
    int end = line.indexOf("  ");
    return end < 0 ? line : line.substring(0, end);
  }

  private static boolean isBare(String line) {
    return line.strip().chars().allMatch(c -> c == ' ' || c == ':' || isDigit(c));
  }

  private static boolean isDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private void append(long from, String text) throws MalformedBytesException {
    String[] groups = text.strip().split("[ :]+");
    Bytes bytes;
    try {
      if (Arrays.stream(groups).anyMatch(group -> group.length() % 2 != 0)) {
        throw new MalformedBytesException("half a byte");
      }
      bytes = Bytes.ofHex(String.join("", groups));
    } catch (MalformedBytesException half) {
      throw wrong(from, "not bytes of two hex digits");
    }
    if (pending.size() + bytes.size() > PACKET_LIMIT) {
      throw wrong(from, "a packet of more than " + PACKET_LIMIT + " bytes");
    }
    pending.writeBytes(bytes.toArray());
  }

  private Optional<CapturedPacket> flush() {
    if (pending.size() == 0) {
      return Optional.empty();
    }
    Bytes bytes = Bytes.of(pending.toByteArray());
    pending.reset();
    return Optional.of(
        new CapturedPacket(++number, Optional.empty(), "", LinkLayer.UNTOLD, bytes, 0));
  }

  private @Nullable String line() throws IOException, MalformedBytesException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long from = position;
    lineNumber++;
    while (true) {
      int next = in.read();
      if (next < 0) {
        return line.size() == 0 ? null : text(line);
      }
      position++;
      if (next == '\n') {
        return text(line);
      }
      if (line.size() == LINE_LIMIT) {
        throw wrong(from, "a line of more than " + LINE_LIMIT + " bytes");
      }
      line.write(next);
    }
  }

  private static String text(ByteArrayOutputStream line) {
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  private MalformedBytesException wrong(long from, String why) {
    return CaptureInput.at(from, "line " + lineNumber + ": " + why);
  }
}
