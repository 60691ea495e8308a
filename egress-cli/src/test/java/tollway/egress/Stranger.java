// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.lab.HelloTap;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.pipeline.Invite;
import tollway.reach.Reach;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;
import tollway.webrtc.ChannelOptions;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/**
 * Somebody who is no desktop of ours: opens a channel to a volunteer, and calls it as they like.
 */
final class Stranger implements AutoCloseable, SignalingListener {
  private final NettyLoops loops = new NettyLoops(1);
  private final NettyEventLoop loop = loops.next();
  private final String label;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final SignalingClient signaling;
  private final Optional<HelloTap> tap;
  private @Nullable PeerConnection peer;

  /** Wants a volunteer with {@code distance} others behind, and calls the channel {@code label}. */
  Stranger(Invite invite, int distance, String label) {
    this(invite, distance, label, Optional.empty());
  }

  /** The volunteer meets us at the tap only. */
  Stranger(Invite invite, int distance, String label, Optional<HelloTap> tap) {
    this.label = label;
    this.tap = tap;
    Identity identity = Identity.generate(new SecureRandom());
    signaling = new SignalingClient(loop, Reach.of(invite.freddies()), identity, this);
    loop.execute(
        () -> {
          signaling.start();
          signaling.requestPeers(
              new Signal.PeerRequest(1, invite.egress(), List.of(), distance, distance));
        });
  }

  /** Whether the egress puts its question, or how it ended instead. */
  String outcome() throws InterruptedException {
    String first = told.poll(30, TimeUnit.SECONDS);
    return first == null ? "nothing" : first;
  }

  @Override
  public void connected(List<String> stun) {
    // All are on this host.
  }

  @Override
  public void disconnected(String why) {
    told.add("freddie: " + why);
  }

  @Override
  public void matched(Signal.Matched match) {
    peer =
        PeerConnection.offer(
            loop,
            PeerConfig.defaults().withLoopback(true).withChannel(ChannelOptions.unreliable(label)),
            new PeerEvents(match.match()));
  }

  @Override
  public void description(Signal.Description description) {
    if (peer != null) {
      peer.acceptAnswer(description.sdp());
    }
  }

  @Override
  public void candidate(Signal.Candidate candidate) {
    if (peer != null && tap.isEmpty()) {
      peer.addRemoteCandidate(candidate.line());
    }
  }

  @Override
  public void hungUp(Signal.HangUp hangUp) {
    told.add(hangUp.why());
  }

  @Override
  public void refused(Signal.Refusal refusal) {
    told.add(refusal.text());
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          if (peer != null) {
            peer.close();
          }
          signaling.close();
        });
    loops.close();
  }

  private final class PeerEvents implements PeerListener, DataChannel.Listener {
    private final long match;

    PeerEvents(long match) {
      this.match = match;
    }

    @Override
    public void localDescription(String sdp) {
      signaling.send(new Signal.Description(match, Signal.Kind.OFFER, sdp));
    }

    @Override
    public void localCandidate(String line) {
      Optional<String> told = tap.map(between -> between.instead(line)).orElse(Optional.of(line));
      told.ifPresent(each -> signaling.send(new Signal.Candidate(match, each)));
    }

    @Override
    public void open(DataChannel channel) {
      channel.listener(this);
    }

    @Override
    public void onMessage(ByteBuf message) {
      told.add("type " + message.getUnsignedByte(message.readerIndex()));
      message.release();
    }

    @Override
    public void closed(String why) {
      // freddie tells why.
    }
  }
}
