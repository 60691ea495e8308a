// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tollway.pipeline.DesktopFault;
import tollway.pipeline.DesktopListener;
import tollway.pipeline.DesktopStep;
import tollway.session.TransportKind;

/** How far a desktop comes, as futures; one that fails says why waiting longer is of no use. */
final class DesktopWatch implements DesktopListener {
  private final int freddies;
  private final CompletableFuture<List<String>> welcomed = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Map<DesktopStep, CompletableFuture<Void>> steps = new EnumMap<>(DesktopStep.class);
  private final CompletableFuture<String> pathFailed = new CompletableFuture<>();
  private int away;
  private volatile TransportKind transport = TransportKind.QUIC;

  DesktopWatch(int freddies) {
    this.freddies = freddies;
    for (DesktopStep each : DesktopStep.values()) {
      steps.put(each, new CompletableFuture<>());
    }
  }

  /** The STUN servers that freddie names. */
  CompletableFuture<List<String>> welcomed() {
    return welcomed;
  }

  CompletableFuture<Void> step(DesktopStep step) {
    return steps.getOrDefault(step, ready);
  }

  CompletableFuture<Void> ready() {
    return ready;
  }

  /** By what the session goes that is {@link #ready}. */
  TransportKind transport() {
    return transport;
  }

  /** Why the first volunteer did not help, or nothing. */
  String pathFailure() {
    return pathFailed.getNow("");
  }

  @Override
  public void connected(TransportKind over) {
    transport = over;
    ready.complete(null);
  }

  @Override
  public void disconnected(String why) {
    ready.completeExceptionally(new IOException(why));
  }

  @Override
  public void trouble(String what) {
    // Faults say it too, and what kind of trouble it is.
  }

  @Override
  public void welcomed(List<String> stunServers) {
    welcomed.complete(stunServers);
  }

  @Override
  public void reached(DesktopStep step) {
    step(step).complete(null);
  }

  @Override
  public void fault(DesktopFault fault) {
    IOException why = new IOException(fault.why());
    switch (fault.cause()) {
      case FREDDIE_AWAY -> {
        away++;
        if (away >= freddies) {
          welcomed.completeExceptionally(why);
        }
      }
      case FREDDIE_REFUSED -> {
        welcomed.completeExceptionally(why);
        step(DesktopStep.VOLUNTEER_FOUND).completeExceptionally(why);
      }
      case WRONG_PIN -> {
        WrongPinException wrong = new WrongPinException(fault.why());
        step(DesktopStep.PATH_ATTACHED).completeExceptionally(wrong);
        ready.completeExceptionally(wrong);
      }
      case PATH_FAILED -> pathFailed.complete(fault.why());
      default -> {}
    }
  }

  /** Whoever answered is not the pinned egress. */
  static final class WrongPinException extends IOException {
    private static final long serialVersionUID = 1;

    WrongPinException(String why) {
      super(why);
    }
  }
}
