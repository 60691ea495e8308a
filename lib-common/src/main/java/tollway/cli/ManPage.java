// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command, from the same model as its {@code --help}, as man(7) text. A footer
 * line such as {@code Example:} or {@code Files:} begins a section of its own.
 */
final class ManPage {
  private static final Map<String, String> FOOTER_SECTIONS =
      Map.of("Example:", "EXAMPLES", "Examples:", "EXAMPLES", "Files:", "FILES");

  private final CommandSpec command;
  private final Help help;
  private final List<String> lines = new ArrayList<>();

  private ManPage(CommandSpec command) {
    this.command = command;
    help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
  }

  /** Pages of {@code line} and all that is below it and not hidden, by file name. */
  static Map<String, String> all(CommandLine line) {
    Map<String, String> pages = new LinkedHashMap<>();
    collect(line, pages);
    return pages;
  }

  private static void collect(CommandLine line, Map<String, String> pages) {
    CommandSpec command = line.getCommandSpec();
    pages.put(name(command) + ".1", new ManPage(command).text());
    for (CommandLine below : visible(line)) {
      collect(below, pages);
    }
  }

  private static List<CommandLine> visible(CommandLine line) {
    return line.getSubcommands().values().stream()
        .distinct()
        .filter(below -> !below.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  private String text() {
    String root = command.root().name();
    lines.add(".\\\" Made from the command line model of " + root + "; do not edit.");
    lines.add(
        ".TH \"%s\" 1 \"\" \"Tollway %s\" \"Tollway\""
            .formatted(escape(name(command).toUpperCase(java.util.Locale.ROOT)), Version.text()));
    lines.add(".nh");
    lines.add(".ad l");
    section("NAME");
    paragraph(name(command) + " \\- " + escape(String.join(" ", description())));
    section("SYNOPSIS");
    lines.add(".nf");
    help.synopsis(0).lines().forEach(each -> lines.add(verbatim(each)));
    lines.add(".fi");
    Map<String, List<String>> footer = footer();
    section("DESCRIPTION");
    paragraph(escape(String.join(" ", description())));
    prose(footer.getOrDefault("", List.of()));
    footer.remove("");
    arguments();
    options();
    commands();
    footer.forEach(
        (title, body) -> {
          section(title);
          prose(body);
        });
    exitStatus();
    seeAlso();
    return String.join("\n", lines) + "\n";
  }

  private List<String> description() {
    List<String> given = List.of(command.usageMessage().description());
    return given.isEmpty()
        ? List.of("the commands of " + command.qualifiedName())
        : given.stream().map(ManPage::formatted).toList();
  }

  /** The footer by section; what belongs to none is under the empty name. */
  private Map<String, List<String>> footer() {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    sections.put("", new ArrayList<>());
    String current = "";
    for (String line : command.usageMessage().footer()) {
      String section = FOOTER_SECTIONS.get(line.strip());
      if (section != null) {
        current = section;
      } else if (line.isBlank() && !current.isEmpty()) {
        current = "";
      }
      if (section == null) {
        sections.computeIfAbsent(current, fresh -> new ArrayList<>()).add(formatted(line));
      }
    }
    return sections;
  }

  private void arguments() {
    List<PositionalParamSpec> visible =
        command.positionalParameters().stream().filter(each -> !each.hidden()).toList();
    if (visible.isEmpty()) {
      return;
    }
    section("ARGUMENTS");
    for (PositionalParamSpec each : visible) {
      entry(bold(each.paramLabel()), String.join(" ", each.description()));
    }
  }

  private void options() {
    section("OPTIONS");
    for (OptionSpec each : command.options()) {
      if (!each.hidden()) {
        String names = String.join(", ", Arrays.stream(each.names()).map(ManPage::bold).toList());
        boolean flag = each.arity().max() == 0;
        String label = flag ? "" : " \\fI" + escape(each.paramLabel()) + "\\fR";
        entry(names + label, String.join(" ", each.description()));
      }
    }
  }

  private void commands() {
    List<CommandLine> below = visible(command.commandLine());
    if (below.isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (CommandLine each : below) {
      CommandSpec spec = each.getCommandSpec();
      String text = String.join(" ", spec.usageMessage().description());
      entry(bold(spec.name()), text + " See " + name(spec) + "(1).");
    }
  }

  private void exitStatus() {
    Map<String, String> codes = command.root().usageMessage().exitCodeList();
    if (codes.isEmpty()) {
      return;
    }
    section("EXIT STATUS");
    codes.forEach((code, meaning) -> entry(bold(code), meaning));
  }

  private void seeAlso() {
    List<String> others = new ArrayList<>();
    for (CommandSpec above = command.parent(); above != null; above = above.parent()) {
      others.add(".BR " + escape(name(above)) + " (1)");
    }
    if (!others.isEmpty()) {
      section("SEE ALSO");
      lines.add(String.join(" ,\n", others));
    }
  }

  private void section(String title) {
    lines.add(".SH " + title);
  }

  private void paragraph(String escaped) {
    lines.add(escaped);
  }

  private void entry(String term, String text) {
    lines.add(".TP");
    lines.add(term);
    lines.add(guard(escape(formatted(text))));
  }

  /** Blank lines begin paragraphs, indented lines are shown as they are. */
  private void prose(List<String> body) {
    boolean shown = false;
    boolean begun = false;
    for (String line : body) {
      boolean indented = line.startsWith(" ");
      if (indented != shown) {
        lines.add(indented ? ".PP\n.nf\n.RS 4" : ".RE\n.fi\n.PP");
        shown = indented;
        begun = true;
      }
      if (line.isBlank()) {
        begun = false;
        continue;
      }
      if (!begun) {
        lines.add(".PP");
        begun = true;
      }
      lines.add(indented ? verbatim(line.strip()) : guard(escape(line)));
    }
    if (shown) {
      lines.add(".RE\n.fi");
    }
  }

  private static String bold(String text) {
    return "\\fB" + escape(text) + "\\fR";
  }

  private static String verbatim(String line) {
    return guard(escape(line));
  }

  /** Picocli's texts are formats. */
  private static String formatted(String text) {
    return text.replace("%%", "%").replace("%n", " ");
  }

  private static String escape(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("~", "\\(ti")
        .replace("^", "\\(ha")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        .replace("…", "...");
  }

  /** A dot or quote at the beginning of a line would be a request. */
  private static String guard(String line) {
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }
}
