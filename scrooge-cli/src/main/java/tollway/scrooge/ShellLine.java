// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import tollway.cli.CliIo;
import tollway.cli.ExitCode;
import tollway.cli.Launcher;

/** One line of the shell: the words after {@code scrooge}, run by the same command tree. */
final class ShellLine {
  /** What makes no sense inside. */
  private static final Set<String> OUTSIDE = Set.of("run", "shell");

  private final CliIo io;
  private final Path control;
  private final DefaultParser parser = new DefaultParser();

  ShellLine(CliIo io, Path control) {
    parser.setEofOnUnclosedQuote(true);
    this.io = io;
    this.control = control;
  }

  DefaultParser parser() {
    return parser;
  }

  Path control() {
    return control;
  }

  /** The command tree, to look at. */
  CommandLine tree() {
    CommandLine tree = new CommandLine(new ScroogeCommand(io));
    tree.setCommandName("scrooge");
    OUTSIDE.forEach(name -> tree.getCommandSpec().removeSubcommand(name));
    return tree;
  }

  boolean isEnd(String text) {
    String word = text.strip();
    return word.equals("exit") || word.equals("quit");
  }

  /** The exit code; an empty line and a comment are well done. */
  int run(String text) {
    if (text.isBlank() || text.strip().startsWith("#")) {
      return ExitCode.DONE;
    }
    List<String> words =
        new ArrayList<>(parser.parse(text, text.length(), Parser.ParseContext.ACCEPT_LINE).words());
    words.removeIf(String::isEmpty);
    if (words.get(0).equals("scrooge")) {
      words.remove(0); // As it is written in examples.
    }
    if (words.isEmpty()) {
      return ExitCode.DONE;
    }
    if (words.get(0).equals("help")) {
      words.remove(0);
      words.add("--help");
    } else if (OUTSIDE.contains(words.get(0))) {
      io.err().println("scrooge: '" + words.get(0) + "' is not for the shell");
      return ExitCode.USAGE;
    } else {
      speakToOurDaemon(words);
    }
    return new Launcher("scrooge", ScroogeCommand::new).run(io, words.toArray(new String[0]));
  }

  private void speakToOurDaemon(List<String> words) {
    CommandLine command = tree();
    for (String word : words) {
      @Nullable CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        break;
      }
      command = next;
    }
    boolean told = words.stream().anyMatch(word -> word.split("=", 2)[0].equals("--control"));
    if (!told && command.getCommandSpec().optionsMap().containsKey("--control")) {
      words.addAll(List.of("--control", control.toString()));
    }
  }
}
