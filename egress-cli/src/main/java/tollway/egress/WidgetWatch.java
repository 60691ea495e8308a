// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tollway.pipeline.Standing;
import tollway.pipeline.WidgetFault;
import tollway.pipeline.WidgetListener;

/** How far a widget comes that helps nobody. On its loop, but for the future. */
final class WidgetWatch implements WidgetListener {
  private final int freddies;
  private final CompletableFuture<List<String>> welcomed = new CompletableFuture<>();
  private int away;
  private int refusals;

  WidgetWatch(int freddies) {
    this.freddies = freddies;
  }

  /** The STUN servers that freddie names; fails when waiting longer is of no use. */
  CompletableFuture<List<String>> welcomed() {
    return welcomed;
  }

  /** How often an egress could not be connected to. */
  int refusals() {
    return refusals;
  }

  @Override
  public void welcomed(List<String> stunServers) {
    welcomed.complete(stunServers);
  }

  @Override
  public void fault(WidgetFault fault) {
    switch (fault.cause()) {
      case FREDDIE_AWAY -> {
        away++;
        if (away >= freddies) {
          welcomed.completeExceptionally(new IOException(fault.why()));
        }
      }
      case FREDDIE_REFUSED -> welcomed.completeExceptionally(new IOException(fault.why()));
      case LINK_LOST -> refusals++;
      default -> {}
    }
  }

  @Override
  public void readiness(boolean ready, String why) {
    // It is paused: it never is.
  }

  @Override
  public void helping(int helped, String what) {
    // It helps nobody.
  }

  @Override
  public void limited(Standing standing) {
    // As it was told to.
  }
}
