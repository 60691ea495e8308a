// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.reach.Reach;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;

/** A client of one freddie, who does nothing yet. */
class Party implements SignalingListener {
  final SignalingClient client;
  private final CountDownLatch ready;

  /** Counts {@code ready} down whenever it is welcome. */
  Party(NettyEventLoop loop, URI freddie, Identity identity, CountDownLatch ready) {
    this.ready = ready;
    client = new SignalingClient(loop, Reach.of(List.of(freddie)), identity, this);
  }

  /** With three digits. */
  static double rounded(double figure) {
    return Math.round(figure * 1000) / 1000.0;
  }

  @Override
  public void connected(List<String> stun) {
    ready.countDown();
  }

  @Override
  public void disconnected(String why) {
    System.err.println("disconnected: " + why);
  }

  @Override
  public void matched(Signal.Matched match) {}

  @Override
  public void description(Signal.Description description) {}

  @Override
  public void candidate(Signal.Candidate candidate) {}

  @Override
  public void hungUp(Signal.HangUp hangUp) {}

  @Override
  public void refused(Signal.Refusal refusal) {
    System.err.println("refused: " + refusal);
  }
}
