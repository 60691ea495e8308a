// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelBuffer;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCDataChannelObserver;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer made of Google's own library, in this process. */
final class NativePeer implements ForeignPeer, PeerConnectionObserver {
  private final RTCPeerConnection connection;
  private final Map<String, Kept> channels = new ConcurrentHashMap<>();
  private final Queue<Signal> said = new ConcurrentLinkedQueue<>();
  private final List<RTCIceCandidate> early = new ArrayList<>();
  private boolean described;
  private boolean closed;

  NativePeer(PeerConnectionFactory factory) {
    connection = factory.createPeerConnection(new RTCConfiguration(), this);
  }

  /** One channel and what it heard; called on threads of the library. */
  static final class Kept implements RTCDataChannelObserver {
    final RTCDataChannel channel;
    final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();

    Kept(RTCDataChannel channel) {
      this.channel = channel;
      channel.registerObserver(this);
    }

    void send(byte[] message, boolean binary) throws Exception {
      channel.send(new RTCDataChannelBuffer(ByteBuffer.wrap(message), binary));
    }

    byte[] receive() throws InterruptedException {
      byte[] message = messages.poll(30, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message within 30 s");
      }
      return message;
    }

    @Override
    public void onBufferedAmountChange(long previous) {}

    @Override
    public void onStateChange() {
      if (channel.getState() == RTCDataChannelState.CLOSED) {
        closed.complete("closed");
      }
    }

    @Override
    public void onMessage(RTCDataChannelBuffer buffer) {
      byte[] message = new byte[buffer.data.remaining()];
      buffer.data.get(message);
      messages.add(message);
    }
  }

  void opens(ChannelOptions options) {
    RTCDataChannelInit init = new RTCDataChannelInit();
    init.ordered = options.ordered();
    options.maxRetransmits().ifPresent(most -> init.maxRetransmits = most);
    onDataChannel(connection.createDataChannel(options.label(), init));
  }

  void offers() throws Exception {
    Described made = new Described();
    connection.createOffer(new RTCOfferOptions(), made);
    describe(made);
  }

  Kept channel(String label) {
    return Objects.requireNonNull(channels.get(label));
  }

  void close() {
    if (!closed) {
      closed = true;
      connection.close();
    }
  }

  private void describe(Described made) throws Exception {
    RTCSessionDescription own = made.await();
    Applied done = new Applied();
    // First: candidates may follow before this is done.
    said.add(new Signal(true, own.sdp));
    connection.setLocalDescription(own, done);
    done.await();
  }

  @Override
  public List<Signal> said() {
    List<Signal> all = new ArrayList<>();
    for (Signal signal = said.poll(); signal != null; signal = said.poll()) {
      all.add(signal);
    }
    return all;
  }

  @Override
  public void hear(Signal signal) throws Exception {
    if (signal.isDescription()) {
      boolean answers = connection.getLocalDescription() == null;
      RTCSdpType type = answers ? RTCSdpType.OFFER : RTCSdpType.ANSWER;
      Applied done = new Applied();
      connection.setRemoteDescription(new RTCSessionDescription(type, signal.text()), done);
      done.await();
      described = true;
      early.forEach(connection::addIceCandidate);
      if (answers) {
        Described made = new Described();
        connection.createAnswer(new RTCAnswerOptions(), made);
        describe(made);
      }
    } else if (!signal.text().isEmpty()) { // The library knows no end of candidates.
      RTCIceCandidate candidate = new RTCIceCandidate("0", 0, signal.text());
      if (described) {
        connection.addIceCandidate(candidate);
      } else {
        early.add(candidate);
      }
    }
  }

  @Override
  public boolean isOpen(String label) {
    Kept kept = channels.get(label);
    return kept != null && kept.channel.getState() == RTCDataChannelState.OPEN;
  }

  @Override
  public void onIceCandidate(RTCIceCandidate candidate) {
    said.add(new Signal(false, candidate.sdp));
  }

  @Override
  public void onDataChannel(RTCDataChannel channel) {
    channels.put(channel.getLabel(), new Kept(channel));
  }

  private static final class Described implements CreateSessionDescriptionObserver {
    private final CompletableFuture<RTCSessionDescription> made = new CompletableFuture<>();

    RTCSessionDescription await() throws Exception {
      return made.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void onSuccess(RTCSessionDescription description) {
      made.complete(description);
    }

    @Override
    public void onFailure(String error) {
      made.completeExceptionally(new AssertionError(error));
    }
  }

  private static final class Applied implements SetSessionDescriptionObserver {
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    void await() throws Exception {
      done.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void onSuccess() {
      done.complete(true);
    }

    @Override
    public void onFailure(String error) {
      done.completeExceptionally(new AssertionError(error));
    }
  }
}
