// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Claims as lines of text: {@code KEY WEIGHT [floor=RATE] [ceil=RATE]}, where KEY is a neighbour's
 * public key. Empty lines and what follows a {@code #} do not count.
 */
public final class ClaimText {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=");
  private static final Pattern WEIGHT = Pattern.compile("\\d{1,7}(?:\\.\\d{1,3})?");
  private static final int LINES = 20_000;

  private ClaimText() {}

  /** A line that makes no sense; the message says which and why, without repeating all of it. */
  public static final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;

    UnfitException(String why) {
      super(why);
    }
  }

  /** All lines of {@code text}, or none: half a list is not what its writer meant. */
  public static Map<String, Claim> parse(String text) throws UnfitException {
    Map<String, Claim> claims = new LinkedHashMap<>();
    List<String> lines = text.lines().limit(LINES + 1L).toList();
    if (lines.size() > LINES) {
      throw new UnfitException("more than " + LINES + " lines");
    }
    for (int index = 0; index < lines.size(); index++) {
      String line = lines.get(index).replaceFirst("#.*", "").strip();
      if (!line.isEmpty()) {
        try {
          String[] parts = line.split("\\s+", 2);
          if (!KEY.matcher(parts[0]).matches()) {
            throw new UnfitException("does not begin with a public key");
          }
          if (parts.length < 2) {
            throw new UnfitException("has no weight");
          }
          if (claims.put(parts[0], parseClaim(parts[1])) != null) {
            throw new UnfitException("names a key again");
          }
        } catch (UnfitException unfit) {
          throw new UnfitException("line " + (index + 1) + " " + unfit.getMessage());
        }
      }
    }
    return claims;
  }

  /** {@code WEIGHT [floor=RATE] [ceil=RATE]}. */
  public static Claim parseClaim(String text) throws UnfitException {
    List<String> words = List.of(text.strip().split("\\s+"));
    double weight = weight(words.get(0));
    Optional<Rate> floor = Optional.empty();
    Optional<Rate> ceil = Optional.empty();
    for (String word : words.subList(1, words.size())) {
      Optional<Rate> rate = Rate.parse(word.substring(word.indexOf('=') + 1));
      if (word.startsWith("floor=") && rate.isPresent() && floor.isEmpty()) {
        floor = rate;
      } else if (word.startsWith("ceil=") && rate.isPresent() && ceil.isEmpty()) {
        ceil = rate;
      } else {
        throw new UnfitException("has more than WEIGHT floor=RATE ceil=RATE");
      }
    }
    if (floor.isPresent() && ceil.isPresent() && floor.get().compareTo(ceil.get()) > 0) {
      throw new UnfitException("has a floor above its ceil");
    }
    return new Claim(weight, floor, ceil);
  }

  /** What {@link #parseClaim} reads. */
  public static String format(Claim claim) {
    StringBuilder text = new StringBuilder(number(claim.weight()));
    claim.floor().ifPresent(rate -> text.append(" floor=").append(rate));
    claim.ceil().ifPresent(rate -> text.append(" ceil=").append(rate));
    return text.toString();
  }

  /** Without trailing zeros: 3, 0.5. */
  public static String number(double weight) {
    String plain = BigDecimal.valueOf(weight).stripTrailingZeros().toPlainString();
    return plain.equals("0.0") ? "0" : plain;
  }

  private static double weight(String word) throws UnfitException {
    if (WEIGHT.matcher(word).matches()) {
      double weight = Double.parseDouble(word);
      if (weight <= Claim.MAX_WEIGHT) {
        return weight;
      }
    }
    throw new UnfitException("has no weight between 0 and 1000000, such as 3 or 0.5");
  }
}
