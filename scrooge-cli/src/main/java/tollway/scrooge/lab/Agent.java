// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;

/**
 * What a lab does inside a namespace, as a process of its own: {@code scrooge lab agent VERB …}.
 * {@code scripts/core} uses the same.
 */
public final class Agent {
  private static final String VERBS =
      "receive PORT SECONDS AFTER, send SOURCE TARGET PORT KBIT SECONDS AT, noise DEVICE RATE SECONDS SEED,"
          + " record DEVICE SECONDS FILE, replay DEVICE FILE TIMES, forge DEVICE PUBLIC-KEY COUNT";

  private Agent() {}

  /** Prints what came of it as a JSON object. */
  public static void run(List<String> words, PrintWriter out)
      throws IOException, MalformedBytesException {
    String verb = words.isEmpty() ? "" : words.get(0);
    List<String> rest = words.isEmpty() ? List.of() : words.subList(1, words.size());
    switch (verb + " " + rest.size()) {
      case "receive 3" -> UdpMeter.receive(number(rest, 0), number(rest, 1), clock(rest, 2), out);
      case "send 6" ->
          new UdpMeter.Sending(
                  rest.get(0), rest.get(1), number(rest, 2), number(rest, 3), number(rest, 4))
              .run(clock(rest, 5), out);
      case "noise 4" ->
          HostileNeighbor.noise(
              rest.get(0), number(rest, 1), number(rest, 2), number(rest, 3), out);
      case "record 3" -> HostileNeighbor.record(rest.get(0), number(rest, 1), rest.get(2), out);
      case "replay 3" -> HostileNeighbor.replay(rest.get(0), rest.get(1), number(rest, 2), out);
      case "forge 3" -> HostileNeighbor.forge(rest.get(0), rest.get(1), number(rest, 2), out);
      default -> throw new UserErrorException("lab agent does: " + VERBS);
    }
  }

  private static int number(List<String> words, int index) {
    return (int) number(words, index, Integer.MAX_VALUE);
  }

  /** Milliseconds since 1970: all namespaces have one clock. */
  private static long clock(List<String> words, int index) {
    return number(words, index, Long.MAX_VALUE);
  }

  private static long number(List<String> words, int index, long most) {
    try {
      long number = Long.parseLong(words.get(index));
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Told below.
    }
    throw new UserErrorException("'" + words.get(index) + "' is not a number");
  }
}
