// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import tollway.cli.CliIo;
import tollway.cli.ExitCode;
import tollway.cli.Launcher;

/** One line of the shell: the words after the binary's name, run by the same command tree. */
final class ShellLine {
  private final CliIo io;
  private final ShellTree shell;
  private final DefaultParser parser = new DefaultParser();

  ShellLine(CliIo io, ShellTree shell) {
    parser.setEofOnUnclosedQuote(true);
    this.io = io;
    this.shell = shell;
  }

  DefaultParser parser() {
    return parser;
  }

  ShellTree shell() {
    return shell;
  }

  /** The command tree, to look at. */
  CommandLine tree() {
    CommandLine tree = new CommandLine(shell.root().apply(io));
    tree.setCommandName(shell.binary());
    for (String name : shell.outside()) {
      CommandLine command = tree.getSubcommands().get(name);
      if (command != null && command.getSubcommands().isEmpty()) {
        tree.getCommandSpec().removeSubcommand(name);
      }
    }
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
    if (words.get(0).equals(shell.binary())) {
      words.remove(0); // As it is written in examples.
    }
    if (words.isEmpty()) {
      return ExitCode.DONE;
    }
    if (words.get(0).equals("help")) {
      words.remove(0);
      words.add("--help");
    } else if (shell.outside().contains(command(words))) {
      io.err().println(shell.binary() + ": '" + command(words) + "' is not for the shell");
      return ExitCode.USAGE;
    } else {
      speakToOurDaemon(words);
    }
    return new Launcher(shell.binary(), shell.root()).run(io, words.toArray(new String[0]));
  }

  /** The names in {@code words} that lead to a command, a space between. */
  private String command(List<String> words) {
    CommandLine command = new CommandLine(shell.root().apply(io));
    List<String> names = new ArrayList<>();
    for (String word : words) {
      @Nullable CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        break;
      }
      command = next;
      names.add(word);
    }
    return String.join(" ", names);
  }

  private void speakToOurDaemon(List<String> words) {
    if (shell.control().isEmpty()) {
      return;
    }
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
      words.addAll(List.of("--control", shell.control().get().toString()));
    }
  }
}
