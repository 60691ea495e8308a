// SPDX-License-Identifier: Apache-2.0
package tollway.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host that is asked and never changed: questions go to the real one, and whatever would change
 * something is only told of. Needs no privilege.
 */
public final class PlanHost implements Host {
  /** The settings of one interface, which may be there in the plan alone. */
  private static final Pattern OF_INTERFACE = Pattern.compile("(.*/conf/)([^/]+)(/[^/]+)");

  private final Host real;
  private final Listener listener;

  /** Who hears what would be done, in order; on the thread that would do it. */
  public interface Listener {
    void command(List<String> command, String stdin);

    void setting(Path setting, String value);
  }

  public PlanHost(Host real, Listener listener) {
    this.real = real;
    this.listener = listener;
  }

  @Override
  public HostCommand.Result attempt(List<String> command, String stdin) throws IOException {
    if (Commands.isQuestion(command, stdin)) {
      HostCommand.Result answer = real.attempt(command, stdin);
      return answer.exitCode() == 0 ? answer : nothing(command);
    }
    listener.command(command, stdin);
    return new HostCommand.Result(0, "", "");
  }

  /** What is only planned cannot be shown, and without a privilege not much can. */
  private static HostCommand.Result nothing(List<String> command) {
    return command.contains("-j") || command.contains("-json")
        ? new HostCommand.Result(0, "[]", "")
        : new HostCommand.Result(1, "", "");
  }

  @Override
  public void set(Path setting, String value) {
    listener.setting(setting, value);
  }

  @Override
  public Optional<String> read(Path setting) throws IOException {
    Optional<String> value = real.read(setting);
    Matcher one = OF_INTERFACE.matcher(setting.toString());
    return value.isEmpty() && one.matches()
        ? real.read(Path.of(one.group(1) + "default" + one.group(3)))
        : value;
  }

  @Override
  public boolean has(String program) {
    return real.has(program);
  }
}
