// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The JDK's class for them ({@code jdk.unsupported}) is reached by
 * reflection, because compilers warn of it and because a JVM may come without it.
 */
public final class ProcessSignals {
  private ProcessSignals() {}

  /**
   * From now on the signal, such as HUP, runs {@code action}, on a thread of the JVM's, and does
   * nothing else; false when this JVM does not let us.
   */
  public static boolean on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              ProcessSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> answer(action, proxy, method.getName(), arguments));
      Object which = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, which, ours);
      return true;
    } catch (ReflectiveOperationException absent) {
      // Also wraps what handle() throws when the JVM was told to leave signals alone (-Xrs).
      return false;
    }
  }

  private static Object answer(Runnable action, Object proxy, String method, Object[] arguments) {
    return switch (method) {
      case "handle" -> {
        action.run();
        yield proxy; // The method returns nothing.
      }
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "a handler of signals";
    };
  }
}
