// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;
import tollway.control.ControlClient;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;

/** Completes commands and options from the command tree, and keys from the daemon's neighbours. */
final class ShellCompleter implements Completer {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final CommandLine tree;
  private final Path control;

  ShellCompleter(CommandLine tree, Path control) {
    this.tree = tree;
    this.control = control;
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
    if (!begun.startsWith("-") && wantsKey(words, index)) {
      keys().stream().filter(key -> key.startsWith(begun)).forEach(whole::add);
    }
    return whole;
  }

  private boolean wantsKey(List<String> words, int index) {
    CommandLine command = tree;
    for (String word : words.subList(0, index)) {
      @Nullable CommandLine next = command.getSubcommands().get(word);
      if (next != null) {
        command = next;
      }
    }
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      if (parameter.paramLabel().contains("KEY")) {
        return true;
      }
    }
    return false;
  }

  /** Nothing when the daemon does not answer at once: the operator is typing. */
  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    try (ControlClient client = ControlClient.connect(control, PATIENCE)) {
      for (JsonElement each :
          client.ask(ControlQuestion.of("neighbors")).getAsJsonArray("neighbors")) {
        String key = each.getAsJsonObject().get("publicKey").getAsString();
        if (!keys.contains(key)) {
          keys.add(key);
        }
      }
    } catch (IOException | ControlRefusedException noDaemon) {
      return List.of();
    }
    return keys;
  }
}
