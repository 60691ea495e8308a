// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completes commands and options from the command tree, and parameters with what is known. */
final class ShellCompleter implements Completer {
  private final CommandLine tree;
  private final Function<String, List<String>> known;

  ShellCompleter(CommandLine tree, Function<String, List<String>> known) {
    this.tree = tree;
    this.known = known;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    List<String> words = new ArrayList<>(line.words());
    int index = line.wordIndex();
    if (!words.isEmpty() && words.get(0).equals("help")) {
      words.remove(0);
      index--;
    }
    if (index < 0) {
      return;
    }
    complete(words, index, line.wordCursor()).forEach(each -> candidates.add(new Candidate(each)));
  }

  /** What the word at {@code index} may become; {@code cursor} is the place in it. */
  List<String> complete(List<String> words, int index, int cursor) {
    String begun = index < words.size() ? words.get(index).substring(0, cursor) : "";
    List<CharSequence> rests = new ArrayList<>();
    AutoComplete.complete(
        tree.getCommandSpec(), words.toArray(new String[0]), index, cursor, cursor, rests);
    List<String> whole = new ArrayList<>();
    rests.forEach(rest -> whole.add(begun + rest));
    if (index == 0) {
      List.of("help", "exit").stream().filter(each -> each.startsWith(begun)).forEach(whole::add);
    }
    if (!begun.startsWith("-")) {
      parameters(words, index).stream().filter(each -> each.startsWith(begun)).forEach(whole::add);
    }
    return whole;
  }

  private List<String> parameters(List<String> words, int index) {
    CommandLine command = tree;
    for (String word : words.subList(0, index)) {
      @Nullable CommandLine next = command.getSubcommands().get(word);
      if (next != null) {
        command = next;
      }
    }
    List<String> found = new ArrayList<>();
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      found.addAll(known.apply(parameter.paramLabel()));
    }
    return found;
  }
}
