// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be said of a command without running it. */
public final class Commands {
  /** Words by which the programs we use are asked, and not told. */
  private static final Set<String> QUESTIONS = Set.of("show", "list", "-json", "--check");

  private Commands() {}

  /** Whether it changes nothing; also when {@code stdin} is a batch of nothing but questions. */
  public static boolean isQuestion(List<String> command, String stdin) {
    return command.stream().anyMatch(QUESTIONS::contains)
        || (!stdin.isEmpty() && stdin.lines().allMatch(line -> line.contains(" show ")));
  }

  /** For a shell, with its standard input as a here-document. */
  public static String shellText(List<String> command, String stdin) {
    String line = command.stream().map(Commands::quoted).collect(Collectors.joining(" "));
    String lines = stdin.endsWith("\n") ? stdin : stdin + "\n";
    return stdin.isEmpty() ? line : line + " <<'EOF'\n" + lines + "EOF";
  }

  /** One word of a shell's line. */
  public static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
