// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.dtls.HelloExtension;
import tollway.webrtc.dtls.HelloProfile;

/**
 * A hello as an operator writes it from a capture: {@code suites=c02b,c02f groups=001d,0017
 * schemes=0403 extensions=0017,ff01,000a,000d,000e:0002000100 weight=2 order=chance}. Numbers are
 * of four hexadecimal digits. Extensions that clients of WebRTC send all alike need no body.
 */
public final class HelloText {
  private static final List<String> NAMES =
      List.of("suites", "groups", "schemes", "extensions", "weight", "order");

  private static final Pattern NUMBER = Pattern.compile("(?:0x)?([0-9a-fA-F]{4})");
  private static final Pattern EXTENSION =
      Pattern.compile("(?:0x)?([0-9a-fA-F]{4})(?::([0-9a-fA-F]*))?");
  private static final Pattern WEIGHT = Pattern.compile("[0-9]{1,4}");

  /** Uncompressed points; webrtc and c-webrtc; no earlier handshake. */
  private static final Map<Integer, String> USUAL =
      Map.of(
          0x000b, "0100", 0x0010, "0010" + "06776562727463" + "08632d776562727463", 0xff01, "00");

  private HelloText() {}

  /** Whatever is wrong, {@link IllegalArgumentException} says it in one line. */
  public static HelloProfile parse(List<String> words) {
    Map<String, String> fields = new HashMap<>();
    for (String word : words) {
      int at = word.indexOf('=');
      String name = word.substring(0, Math.max(0, at));
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "a hello has " + String.join("=, ", NAMES) + "=, and not " + word);
      }
      if (fields.put(name, word.substring(at + 1)) != null) {
        throw new IllegalArgumentException("a hello has " + name + "= once");
      }
    }
    return new HelloProfile(
        weight(fields.getOrDefault("weight", "1")),
        isChance(fields.getOrDefault("order", "given")),
        numbers(fields.getOrDefault("suites", "")),
        numbers(fields.getOrDefault("groups", "")),
        numbers(fields.getOrDefault("schemes", "")),
        items(fields.getOrDefault("extensions", "")).stream().map(HelloText::extension).toList());
  }

  /** What {@link #parse} reads. */
  public static String format(HelloProfile hello) {
    return "suites=%s groups=%s schemes=%s extensions=%s weight=%d order=%s"
        .formatted(
            text(hello.suites()),
            text(hello.groups()),
            text(hello.schemes()),
            hello.extensions().stream().map(HelloText::text).collect(Collectors.joining(",")),
            hello.weight(),
            hello.shuffled() ? "chance" : "given");
  }

  private static int weight(String text) {
    return WEIGHT.matcher(text).matches() ? Integer.parseInt(text) : 0;
  }

  private static boolean isChance(String order) {
    if (!order.equals("given") && !order.equals("chance")) {
      throw new IllegalArgumentException("a hello has order=given or order=chance");
    }
    return order.equals("chance");
  }

  private static List<String> items(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
  }

  private static List<Integer> numbers(String list) {
    List<Integer> numbers = new ArrayList<>();
    for (String item : items(list)) {
      Matcher number = NUMBER.matcher(item);
      if (!number.matches()) {
        throw new IllegalArgumentException(
            "a hello has numbers of four hexadecimal digits with commas between, and not " + item);
      }
      numbers.add(Integer.parseInt(number.group(1), 16));
    }
    return numbers;
  }

  private static HelloExtension extension(String item) {
    Matcher parts = EXTENSION.matcher(item);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "a hello has extensions as NNNN or NNNN:BODY in hexadecimal digits, and not " + item);
    }
    int type = Integer.parseInt(parts.group(1), 16);
    String body = parts.group(2) == null ? USUAL.getOrDefault(type, "") : parts.group(2);
    try {
      return new HelloExtension(type, Bytes.ofHex(body));
    } catch (MalformedBytesException half) {
      throw new IllegalArgumentException("a hello has bodies of whole bytes, and not " + item);
    }
  }

  private static String text(List<Integer> numbers) {
    return numbers.stream().map("%04x"::formatted).collect(Collectors.joining(","));
  }

  private static String text(HelloExtension extension) {
    String type = "%04x".formatted(extension.type());
    String body = extension.body().hex();
    return body.equals(USUAL.getOrDefault(extension.type(), "")) ? type : type + ":" + body;
  }
}
