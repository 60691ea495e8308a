// SPDX-License-Identifier: Apache-2.0
package tollway.log;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The backend of SLF4J. What is below INFO is not told, unless {@code -Dtollway.log=debug}, or
 * {@code -Dtollway.log.NAME=debug} for loggers whose names begin so.
 */
public final class LogProvider implements SLF4JServiceProvider {
  private static final String PROPERTY = "tollway.log";

  /**
   * Anybody can send a datagram to the port of a DNS resolver: Netty would tell of each with a
   * stack trace. So it does where 'lo' is down, which nothing here needs.
   */
  private static final Map<String, Level> QUIET =
      Map.of(
          "io.netty.resolver.dns",
          Level.ERROR,
          "io.netty.util.NetUtilInitializations",
          Level.ERROR);

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new NOPMDCAdapter();

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> loggers.computeIfAbsent(name, fresh -> new LineLogger(fresh, level(fresh)));
  }

  /** Of the longest beginning of {@code name} for which one is set. */
  static Level level(String name) {
    for (String part = name; !part.isEmpty(); part = parent(part)) {
      String set = System.getProperty(PROPERTY + "." + part);
      Level found = set == null ? QUIET.get(part) : named(set).orElse(null);
      if (found != null) {
        return found;
      }
    }
    return named(System.getProperty(PROPERTY, "")).orElse(Level.INFO);
  }

  private static String parent(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  private static Optional<Level> named(String word) {
    return Stream.of(Level.values())
        .filter(each -> each.toString().equalsIgnoreCase(word))
        .findFirst();
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99"; // Whichever 2.0 it is.
  }

  @Override
  public void initialize() {
    // All is there.
  }
}
