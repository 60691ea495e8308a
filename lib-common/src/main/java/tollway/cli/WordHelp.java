// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Help whose lines end between words. Left alone, Picocli breaks after the colon of a URL and the
 * slash of a path; a zero-width no-break space keeps them whole, and is gone before printing.
 */
final class WordHelp {
  private static final String GLUE = "\ufeff";

  private WordHelp() {}

  static void install(CommandLine line) {
    line.setHelpFactory(WordHelp::help);
    var sections = line.getHelpSectionMap();
    sections.replaceAll((name, section) -> help -> section.render(help).replace(GLUE, ""));
    line.setHelpSectionMap(sections);
  }

  private static Help help(CommandSpec command, ColorScheme colors) {
    UsageMessageSpec usage = command.usageMessage();
    usage.description(glueLong(usage.description(), usage.width()));
    usage.footer(glueLong(usage.footer(), usage.width()));
    return new Help(command, colors) {
      @Override
      public IOptionRenderer createDefaultOptionRenderer() {
        IOptionRenderer plain = super.createDefaultOptionRenderer();
        return (option, label, scheme) -> glueLast(plain.render(option, label, scheme), scheme);
      }

      @Override
      public IParameterRenderer createDefaultParameterRenderer() {
        IParameterRenderer plain = super.createDefaultParameterRenderer();
        return (parameter, label, scheme) ->
            glueLast(plain.render(parameter, label, scheme), scheme);
      }
    };
  }

  /** The last column holds the description; one with colours is left alone. */
  private static Text[][] glueLast(Text[][] rows, ColorScheme scheme) {
    for (Text[] row : rows) {
      String text = row[row.length - 1].toString();
      if (text.indexOf('\u001b') < 0) {
        row[row.length - 1] = scheme.ansi().new Text(glue(text), scheme);
      }
    }
    return rows;
  }

  /** The glue counts as a column: what fits must not be broken because of it. */
  private static String[] glueLong(String[] lines, int width) {
    return Arrays.stream(lines)
        .map(each -> each.length() < width ? each : glue(each))
        .toArray(String[]::new);
  }

  private static String glue(String text) {
    return text.replaceAll("([-/:.~=])(?=\\S)", "$1" + GLUE);
  }
}
