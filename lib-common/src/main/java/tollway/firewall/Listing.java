// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tables as {@code nft list} prints them, or as we write them: named blocks of lines, in one form
 * whatever the order of elements and the quotes.
 */
final class Listing {
  private static final Pattern HANDLE = Pattern.compile("\\s*# handle (\\d+)$");
  private static final Pattern COUNT = Pattern.compile("packets (\\d+) bytes (\\d+)");
  private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");

  /** "table inet tollway", "table inet tollway chain forward" and so on, to their lines. */
  private final Map<String, List<String>> blocks = new LinkedHashMap<>();

  private final Map<String, Counter> counters = new LinkedHashMap<>();

  /** A named counter; its {@code id} is one no other counter has in the life of the table. */
  record Counter(String comment, String id, long packets, long bytes) {}

  static Listing parse(String text) {
    Listing listing = new Listing();
    listing.read(text);
    return listing;
  }

  private void read(String text) {
    String table = "";
    String block = "";
    String handle = "";
    StringBuilder open = new StringBuilder();
    for (String raw : text.lines().toList()) {
      Matcher numbered = HANDLE.matcher(raw);
      String line = numbered.replaceFirst("").strip();
      numbered.reset();
      if (open.length() > 0) {
        line = open + " " + line;
        open.setLength(0);
      }
      if (line.startsWith("elements = {") && !line.endsWith("}")) {
        open.append(line);
      } else if (line.startsWith("table ") && line.endsWith("{")) {
        table = header(line);
        block = table;
        blocks.put(block, new ArrayList<>());
      } else if (line.endsWith("{") && block.equals(table)) {
        block = table + " " + header(line);
        handle = numbered.find() ? numbered.group(1) : "";
        blocks.put(block, new ArrayList<>());
      } else if (line.equals("}")) {
        block = table;
      } else if (!line.isEmpty() && !block.isEmpty()) {
        add(block, handle, line);
      }
    }
  }

  private static String header(String line) {
    return line.substring(0, line.length() - 1).strip();
  }

  private void add(String block, String handle, String line) {
    if (block.contains(" counter ")) {
      Counter before = counters.getOrDefault(block, new Counter("", handle, 0, 0));
      Matcher count = COUNT.matcher(line);
      if (count.matches()) {
        counters.put(
            block,
            new Counter(
                before.comment(),
                handle,
                Long.parseUnsignedLong(count.group(1)),
                Long.parseUnsignedLong(count.group(2))));
      } else if (line.startsWith("comment ")) {
        String comment = line.substring("comment ".length()).replace("\"", "");
        counters.put(block, new Counter(comment, handle, before.packets(), before.bytes()));
      }
      return;
    }
    lines(block).add(canonical(line));
  }

  private List<String> lines(String block) {
    return blocks.getOrDefault(block, List.of());
  }

  private static String canonical(String line) {
    String bare = line.replace("\"", "").replaceAll("\\s+", " ");
    return BRACES
        .matcher(bare)
        .replaceAll(
            found ->
                Arrays.stream(found.group(1).split(","))
                    .map(String::strip)
                    .sorted()
                    .collect(Collectors.joining(", ", "{ ", " }")));
  }

  boolean has(String block) {
    return blocks.containsKey(block);
  }

  Optional<Counter> counter(String block) {
    return Optional.ofNullable(counters.get(block));
  }

  /** Counters by their names, in {@code table}. */
  Map<String, Counter> counters(String table) {
    Map<String, Counter> found = new LinkedHashMap<>();
    String prefix = table + " counter ";
    counters.forEach(
        (block, counter) -> {
          if (block.startsWith(prefix)) {
            found.put(block.substring(prefix.length()), counter);
          }
        });
    return found;
  }

  /** What is in a set or map. */
  Set<String> elements(String block) {
    for (String line : lines(block)) {
      if (line.startsWith("elements = {")) {
        String inside = line.substring(line.indexOf('{') + 1, line.length() - 1).strip();
        return inside.isEmpty() ? Set.of() : new TreeSet<>(List.of(inside.split(", ")));
      }
    }
    return Set.of();
  }

  /** The lines of {@code block} that are a rule, in their order. */
  List<String> rules(String block) {
    return lines(block).stream().filter(line -> !isDeclaration(line)).toList();
  }

  /** How {@code this} differs from what is {@code wanted}: one line each, for people. */
  List<String> deviations(Listing wanted) {
    List<String> found = new ArrayList<>();
    wanted.blocks.forEach(
        (block, lines) -> {
          boolean tableIsGone = blocks.keySet().stream().noneMatch(each -> within(block, each));
          if (!has(block)) {
            if (!tableIsGone || isTable(block)) {
              found.add("there is no " + block);
            }
          } else {
            compare(block, wanted, found);
          }
        });
    for (String block : blocks.keySet()) {
      if (!wanted.has(block) && !block.contains(" counter ")) {
        found.add("there is also " + block);
      }
    }
    return found;
  }

  private static boolean isTable(String block) {
    return block.split(" ").length == 3;
  }

  /** Whether {@code other} is the table that {@code block} is in, or is itself. */
  private static boolean within(String block, String other) {
    return isTable(other) && (block + " ").startsWith(other + " ");
  }

  private void compare(String block, Listing wanted, List<String> found) {
    Set<String> here = elements(block);
    Set<String> there = wanted.elements(block);
    there.stream()
        .filter(each -> !here.contains(each))
        .forEach(each -> found.add(block + " lacks " + each));
    here.stream()
        .filter(each -> !there.contains(each))
        .forEach(each -> found.add(block + " also holds " + each));
    List<String> standing = withoutElements(lines(block));
    List<String> right = withoutElements(wanted.lines(block));
    if (standing.equals(right)) {
      return;
    }
    Set<String> lost = new LinkedHashSet<>(right);
    lost.removeAll(standing);
    Set<String> added = new LinkedHashSet<>(standing);
    added.removeAll(right);
    lost.forEach(line -> found.add(block + " lacks: " + line));
    added.forEach(line -> found.add(block + " also says: " + line));
    if (lost.isEmpty() && added.isEmpty()) {
      found.add(block + " has its rules in another order, or twice");
    }
  }

  private static List<String> withoutElements(List<String> lines) {
    return lines.stream().filter(line -> !line.startsWith("elements = {")).toList();
  }

  private static boolean isDeclaration(String line) {
    return line.startsWith("type ") || line.startsWith("elements = {");
  }
}
