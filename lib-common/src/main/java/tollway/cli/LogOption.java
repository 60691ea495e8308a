// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import tollway.log.LogFormat;
import tollway.log.LogOutput;

/** {@code --log-format}, for daemons. */
public final class LogOption {
  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description =
          "How lines on standard error look: text, or json, an object a line (default:"
              + " ${DEFAULT-VALUE}).")
  private LogFormat format = LogFormat.TEXT;

  /** From now on, for the whole process. */
  public void begin() {
    LogOutput.use(format);
    if (format == LogFormat.JSON) {
      Thread.setDefaultUncaughtExceptionHandler(
          (thread, bug) ->
              LoggerFactory.getLogger(LogOption.class).error("{} died", thread.getName(), bug));
    }
  }
}
