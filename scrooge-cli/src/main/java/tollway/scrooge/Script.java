// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tollway.exec.Commands;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/**
 * A host that does nothing and writes down what it is told to do, so that a shell could do it. It
 * has no interface but those that it was told to make.
 */
final class Script implements Host {
  /** What {@code tc} says of the one discipline that we make. */
  private static final String ROOT =
      """
      [{"kind":"htb","handle":"1:","root":true,"options":{"default":"0x2"}}]""";

  private final List<String> lines = new ArrayList<>();
  private final Set<String> interfaces = new TreeSet<>();
  private final Set<String> rooted = new TreeSet<>();
  private final Map<String, String> replacements = new LinkedHashMap<>();

  /** What only a run can know is written as {@code name}. */
  void replace(String value, String name) {
    replacements.put(value, name);
  }

  void comment(String text) {
    lines.add((lines.isEmpty() ? "# " : "\n# ") + text);
  }

  @Override
  public HostCommand.Result attempt(List<String> command, String stdin) {
    if (Commands.isQuestion(command, stdin)) {
      return answer(command);
    }
    String name = command.get(command.size() - 1);
    List<String> link = command.subList(0, Math.min(3, command.size()));
    if (link.equals(List.of("ip", "link", "delete"))) {
      if (!interfaces.remove(name)) {
        return new HostCommand.Result(1, "", "Cannot find device \"" + name + "\"");
      }
    } else if (link.equals(List.of("ip", "link", "add"))) {
      interfaces.add(command.get(command.indexOf("dev") + 1));
    } else if (command.contains("wireguard-go")) {
      interfaces.add(name);
    } else if (link.equals(List.of("tc", "qdisc", "add"))) {
      rooted.add(command.get(command.indexOf("dev") + 1));
    } else if (link.equals(List.of("tc", "qdisc", "del")) && command.contains("root")) {
      return new HostCommand.Result(2, "", "there is none yet");
    }
    lines.add(Commands.shellText(command, stdin));
    return new HostCommand.Result(0, "", "");
  }

  private HostCommand.Result answer(List<String> command) {
    String last = command.get(command.size() - 1);
    if (command.contains("-j") || command.contains("-json")) {
      return new HostCommand.Result(0, rooted.contains(last) ? ROOT : "[]", "");
    }
    boolean there = interfaces.contains(last);
    return new HostCommand.Result(there ? 0 : 1, "", "");
  }

  @Override
  public void set(Path setting, String value) {
    lines.add("echo " + Commands.quoted(value) + " > " + Commands.quoted(setting.toString()));
  }

  /** Every interface has its switches, off. */
  @Override
  public Optional<String> read(Path setting) {
    return Optional.of("0");
  }

  /** A plan is for a host that has all it needs. */
  @Override
  public boolean has(String program) {
    return true;
  }

  /** All that was told, a command a line, with its standard input as a here-document. */
  String text() {
    String text = String.join("\n", lines) + "\n";
    for (Map.Entry<String, String> each : replacements.entrySet()) {
      text = text.replace(each.getKey(), each.getValue());
    }
    text = text.replaceAll("(PrivateKey = |private_key=)\\S+", "$1PRIVATE-KEY");
    return text.replaceAll("epoch [0-9a-f]{16}", "epoch 0000000000000000");
  }
}
