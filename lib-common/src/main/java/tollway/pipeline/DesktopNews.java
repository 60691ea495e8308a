// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.session.SessionEnd;
import tollway.session.TransportKind;

/**
 * What a desktop says of itself: to its listener, to people who wait for a route, and to those who
 * ask later what went wrong. On its loop.
 */
final class DesktopNews {
  private final EventLoop loop;
  private final DesktopListener listener;
  private final DesktopFaults faults;
  private String state = "not connected to freddie yet";
  private @Nullable TransportKind transport;
  private boolean ready;
  private boolean known;

  DesktopNews(EventLoop loop, DesktopListener listener) {
    this.loop = loop;
    this.listener = listener;
    faults = new DesktopFaults(listener::fault);
  }

  /** What people are told who wait. */
  String state() {
    return state;
  }

  boolean isReady() {
    return ready;
  }

  /** What the session runs over; empty while there is none. */
  Optional<TransportKind> transport() {
    return ready ? Optional.ofNullable(transport) : Optional.empty();
  }

  /** Whether freddie knows us now. */
  boolean isKnown() {
    return known;
  }

  Map<DesktopFault.Cause, Long> faultCounts() {
    return faults.counts();
  }

  List<DesktopFault> latestFaults() {
    return faults.latest();
  }

  /** While there is no route. */
  void say(String now) {
    if (!ready) {
      state = now;
    }
  }

  void trouble(String what) {
    listener.trouble(what);
  }

  void fault(DesktopFault.Cause cause, String why) {
    faults.add(loop.now(), cause, why);
  }

  void reached(DesktopStep step, String now) {
    say(now);
    listener.reached(step);
  }

  void welcomed(List<String> stunServers) {
    known = true;
    say("no volunteer is free yet");
    listener.welcomed(stunServers);
  }

  void freddieLost(String why) {
    say("cannot reach freddie: " + why);
    fault(DesktopFault.Cause.FREDDIE_AWAY, why);
    if (!ready || known) {
      trouble("freddie at " + why);
    }
    known = false;
  }

  void freddieRefused(String why) {
    say("freddie refuses: " + why);
    fault(DesktopFault.Cause.FREDDIE_REFUSED, why);
    trouble("freddie refuses: " + why);
  }

  void attached() {
    listener.reached(DesktopStep.PATH_ATTACHED);
  }

  /** {@code failed}: the volunteer never got us to the egress. */
  void pathEnded(DesktopPath path, String why, boolean failed) {
    fault(
        failed ? DesktopFault.Cause.PATH_FAILED : DesktopFault.Cause.PATH_LOST,
        path.label() + ": " + why);
    if (failed) {
      say("a volunteer did not help: " + why);
      trouble("volunteer " + path.widget().brief() + ": " + why);
    }
  }

  void directFailed(String why) {
    fault(DesktopFault.Cause.PATH_FAILED, why);
    say(why);
    trouble(why);
  }

  void connected(TransportKind over) {
    ready = true;
    state = "connected";
    transport = over;
    listener.connected(over);
  }

  /** {@code leaving}: it was we who ended it. */
  void sessionEnded(SessionEnd end, boolean leaving) {
    boolean was = ready;
    ready = false;
    if (leaving) {
      return;
    }
    state = end.text();
    boolean wrongPin = end.cause() == SessionEnd.Cause.WRONG_PIN;
    fault(wrongPin ? DesktopFault.Cause.WRONG_PIN : DesktopFault.Cause.SESSION_ENDED, end.text());
    if (wrongPin) {
      state = end.text() + ": nothing was sent";
      trouble(state);
    }
    if (was) {
      listener.disconnected(end.text());
    }
  }
}
