// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Optional;
import tollway.bytes.Bytes;

/** IP addresses as text; never asks a name server. */
final class IpText {
  private static final int GROUPS = 8;

  private IpText() {}

  /** Four decimal numbers for IPv4, RFC 5952 §4 for IPv6. */
  static String format(Bytes address) {
    if (address.size() == 4) {
      return address.at(0) + "." + address.at(1) + "." + address.at(2) + "." + address.at(3);
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = address.at(2 * i) << 8 | address.at(2 * i + 1);
    }
    return format6(groups);
  }

  private static String format6(int[] groups) {
    int gap = -1;
    int gapSize = 1; // RFC 5952 §4.2.2: one group of zeros alone is written out.
    for (int i = 0; i < GROUPS; i++) {
      int zeros = zerosFrom(groups, i);
      if (zeros > gapSize) {
        gap = i;
        gapSize = zeros;
      }
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < GROUPS; i++) {
      if (i == gap) {
        text.append("::");
        i += gapSize - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }

  private static int zerosFrom(int[] groups, int from) {
    int end = from;
    while (end < GROUPS && groups[end] == 0) {
      end++;
    }
    return end - from;
  }

  /** Four decimal numbers without leading zeros. */
  static Optional<Bytes> parse4(String text) {
    String[] numbers = text.split("\\.", -1);
    if (numbers.length != 4) {
      return Optional.empty();
    }
    byte[] address = new byte[4];
    for (int i = 0; i < 4; i++) {
      int number = decimal(numbers[i], 255);
      if (number < 0) {
        return Optional.empty();
      }
      address[i] = (byte) number;
    }
    return Optional.of(Bytes.of(address));
  }

  /** RFC 4291 §2.2, forms 1 and 2. */
  static Optional<Bytes> parse6(String text) {
    String[] groups = spelledOut(text).split(":", -1);
    if (groups.length != GROUPS) {
      return Optional.empty();
    }
    byte[] address = new byte[2 * GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      int group = hex(groups[i]);
      if (group < 0) {
        return Optional.empty();
      }
      address[2 * i] = (byte) (group >> 8);
      address[2 * i + 1] = (byte) group;
    }
    return Optional.of(Bytes.of(address));
  }

  /** With the zeros that "::" stands for. */
  private static String spelledOut(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return text;
    }
    String head = text.substring(0, gap);
    String tail = text.substring(gap + 2);
    int missing = GROUPS - groupsIn(head) - groupsIn(tail);
    if (missing < 1) {
      return "";
    }
    String zeros = "0:".repeat(missing - 1) + "0";
    return (head.isEmpty() ? "" : head + ":") + zeros + (tail.isEmpty() ? "" : ":" + tail);
  }

  private static int groupsIn(String part) {
    return part.isEmpty() ? 0 : 1 + (int) part.chars().filter(c -> c == ':').count();
  }

  private static int hex(String digits) {
    if (digits.isEmpty() || digits.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** A number from 0 to {@code most} without sign or leading zeros; -1 when it is not one. */
  static int decimal(String digits, int most) {
    int size = digits.length();
    if (size == 0 || size > 5 || (size > 1 && digits.charAt(0) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      value = 10 * value + digit - '0';
    }
    return value <= most ? value : -1;
  }
}
