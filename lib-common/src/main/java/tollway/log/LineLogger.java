// SPDX-License-Identifier: Apache-2.0
package tollway.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Tells what is at least as important as its level. */
final class LineLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1;

  private final Level level;

  LineLogger(String name, Level level) {
    this.name = name;
    this.level = level;
  }

  private boolean tells(Level wanted) {
    return wanted.toInt() >= level.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return tells(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return tells(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return tells(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return tells(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return tells(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level importance,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    LogOutput.write(
        System.err,
        new LogRecord(
            Instant.now(),
            importance,
            getName(),
            Thread.currentThread().getName(),
            String.valueOf(MessageFormatter.basicArrayFormat(pattern, arguments)),
            error));
  }
}
