// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.MalformedBytesException;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.stun.NatMapping;
import tollway.webrtc.SessionDescription.Setup;
import tollway.webrtc.dtls.DtlsCertificate;
import tollway.webrtc.dtls.DtlsListener;
import tollway.webrtc.dtls.DtlsSession;
import tollway.webrtc.dtls.PeerCheck;
import tollway.webrtc.sctp.SctpAssociation;
import tollway.webrtc.sctp.SctpConfig;
import tollway.webrtc.sctp.SctpListener;

/**
 * One connection to a peer, from descriptions exchanged by somebody else to open data channels: ICE
 * finds a path, DTLS proves the peer, SCTP carries the messages, one after the other. Except for
 * the two factories every method must be called on its loop.
 */
public final class PeerConnection {
  /** What we say we take (RFC 8841 §6), as Chromium does. */
  static final int MAX_MESSAGE_BYTES = 256 * 1024;

  /** Candidates that come before we can use them. */
  private static final int MOST_EARLY_CANDIDATES = 64;

  /** Datagrams of a peer whose checks succeeded before ours: a DTLS flight or two. */
  private static final int MOST_EARLY_DATAGRAMS = 16;

  private static final Duration DTLS_TIMEOUT = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(PeerConnection.class);

  private final NettyEventLoop loop;
  private final PeerConfig config;
  private final PeerListener listener;
  private final boolean offers;
  private final SecureRandom random = new SecureRandom();
  private final Queue<IceCandidate> earlyCandidates = new ArrayDeque<>();
  private final Queue<ByteBuf> earlyDatagrams = new ArrayDeque<>();
  private @Nullable DtlsCertificate certificate;
  private @Nullable SessionDescription remote;
  private @Nullable IceAgent ice;
  private @Nullable DtlsSession dtls;
  private @Nullable SctpAssociation sctp;
  private @Nullable DataChannels channels;
  private @Nullable Timer deadline;
  private boolean dtlsClient;
  private boolean closed;

  private PeerConnection(
      NettyEventLoop loop, PeerConfig config, PeerListener listener, boolean offers) {
    this.loop = loop;
    this.config = config;
    this.listener = listener;
    this.offers = offers;
  }

  /** Begins a connection and opens {@link PeerConfig#channel} on it. Any thread. */
  public static PeerConnection offer(
      NettyEventLoop loop, PeerConfig config, PeerListener listener) {
    PeerConnection connection = new PeerConnection(loop, config, listener, true);
    loop.execute(connection::begin);
    return connection;
  }

  /**
   * Answers a peer's offer; an offer that cannot be read ends in {@link PeerListener#closed}. Any
   * thread.
   */
  public static PeerConnection answer(
      NettyEventLoop loop, PeerConfig config, String remoteOfferSdp, PeerListener listener) {
    PeerConnection connection = new PeerConnection(loop, config, listener, false);
    loop.execute(() -> connection.readOffer(remoteOfferSdp));
    return connection;
  }

  /** The peer's answer to our offer; one that cannot be read closes the connection. */
  public void acceptAnswer(String sdp) {
    loop.checkInLoop();
    if (closed || !offers || remote != null) {
      return;
    }
    try {
      SessionDescription answer = SdpCodec.parse(sdp);
      // RFC 8842 §5.3: an answer chooses; leaving the choice to us again is taken as active.
      dtlsClient = answer.setup() == Setup.PASSIVE;
      remoteKnown(answer);
    } catch (MalformedBytesException unreadable) {
      fail("the peer's answer is no use: " + unreadable.getMessage());
    }
  }

  /**
   * A candidate of the peer, with or without {@code a=}; one that we cannot use is ignored. An
   * empty line means that no more will come.
   */
  public void addRemoteCandidate(String line) {
    loop.checkInLoop();
    if (closed || line.isEmpty()) {
      return;
    }
    try {
      Optional<IceCandidate> candidate = IceCandidate.parse(line);
      if (candidate.isPresent()) {
        addCandidate(candidate.get());
      }
    } catch (MalformedBytesException unusable) {
      log.debug("a candidate is ignored: {}", unusable.getMessage());
    }
  }

  /**
   * Ends the connection and every channel on it at once, telling the peer if it still listens.
   * Nothing is called back afterwards, on the channels neither.
   */
  public void close() {
    loop.checkInLoop();
    if (!closed) {
      end("closed by the peer's owner");
    }
  }

  // ---- descriptions

  private void readOffer(String sdp) {
    if (closed) {
      return;
    }
    try {
      SessionDescription offer = SdpCodec.parse(sdp);
      dtlsClient = offer.setup() != Setup.ACTIVE;
      remote = offer;
      begin();
    } catch (MalformedBytesException unreadable) {
      fail("the peer's offer is no use: " + unreadable.getMessage());
    }
  }

  private void begin() {
    if (closed) {
      return;
    }
    deadline =
        loop.schedule(
            config.connectTimeout(),
            () -> fail("no channel within " + config.connectTimeout().toMillis() + " ms"));
    // The first key of a process takes long: classes to load, code to warm.
    BackgroundThread.start(
        "webrtc-certificate",
        () -> {
          DtlsCertificate made = DtlsCertificate.generate(random, loop.now());
          loop.execute(() -> describe(made));
        });
  }

  private void describe(DtlsCertificate made) {
    if (closed) {
      return;
    }
    certificate = made;
    IceRole role = offers ? IceRole.CONTROLLING : IceRole.CONTROLLED;
    IceAgent agent = IceAgent.open(loop, config.ice(), role, new IceEvents());
    ice = agent;
    Setup setup = offers ? Setup.ACTPASS : dtlsClient ? Setup.ACTIVE : Setup.PASSIVE;
    SessionDescription own =
        new SessionDescription(
            remote == null ? "0" : remote.mid(),
            agent.localCredentials(),
            false,
            List.of(made.fingerprint()),
            setup,
            SessionDescription.USUAL_SCTP_PORT,
            MAX_MESSAGE_BYTES,
            config.maxPacketBytes(),
            List.of(),
            false);
    listener.localDescription(SdpCodec.format(own, random.nextLong() >>> 1));
    if (closed) {
      return;
    }
    agent.gather();
    if (remote != null) {
      remoteKnown(remote);
    }
  }

  private void remoteKnown(SessionDescription description) {
    remote = description;
    IceAgent agent = ice;
    if (agent == null) {
      return; // Our own description comes first; then this is called again.
    }
    if (description.iceLite()) {
      agent.remoteIsLite();
    }
    agent.remoteCredentials(description.ice());
    description.candidates().forEach(this::addRemoteCandidate);
    earlyCandidates.forEach(agent::addRemoteCandidate);
    earlyCandidates.clear();
  }

  private void addCandidate(IceCandidate candidate) {
    if (ice != null) {
      ice.addRemoteCandidate(candidate);
    } else if (earlyCandidates.size() < MOST_EARLY_CANDIDATES) {
      earlyCandidates.add(candidate);
    }
  }

  // ---- layers

  private void startDtls(IceAgent agent) {
    SessionDescription peer = remote;
    DtlsCertificate own = certificate;
    if (dtls != null || peer == null || own == null) {
      return;
    }
    DtlsSession session =
        DtlsSession.start(
            loop,
            dtlsClient ? DtlsSession.Role.CLIENT : DtlsSession.Role.SERVER,
            own,
            PeerCheck.oneOf(peer.fingerprints()),
            config.hellos(),
            DTLS_TIMEOUT,
            agent::send,
            new DtlsEvents());
    dtls = session;
    for (ByteBuf early = earlyDatagrams.poll(); early != null; early = earlyDatagrams.poll()) {
      session.receive(early);
    }
  }

  private void startSctp(DtlsSession session) {
    SessionDescription peer = remote;
    if (peer == null || ice == null) {
      return;
    }
    SctpConfig limits =
        new SctpConfig(
            SessionDescription.USUAL_SCTP_PORT,
            peer.sctpPort(),
            PeerConfig.BASE_PACKET_BYTES,
            PacketSizes.toTry(
                Math.min(config.maxPacketBytes(), peer.maxPacketBytes()),
                ice.staysOnHost(),
                ice.usesIpv6()),
            config.sendBufferBytes(),
            config.receiveBufferBytes(),
            MAX_MESSAGE_BYTES);
    SctpAssociation association =
        new SctpAssociation(loop, limits, random, session::send, new SctpEvents());
    sctp = association;
    int maxMessage =
        peer.maxMessageBytes() == 0
            ? MAX_MESSAGE_BYTES
            : Math.min(MAX_MESSAGE_BYTES, peer.maxMessageBytes());
    channels = new DataChannels(association, dtlsClient, maxMessage, this::opened);
    association.connect();
  }

  private void opened(DataChannel channel) {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
    listener.open(channel);
  }

  // ---- the end

  private void fail(String why) {
    if (!closed) {
      DataChannels told = channels;
      end(why);
      if (told != null) {
        told.closed(why);
      }
      listener.closed(why);
    }
  }

  private void end(String why) {
    closed = true;
    if (deadline != null) {
      deadline.cancel();
    }
    channels = null;
    if (sctp != null) {
      sctp.abort(why);
    }
    if (dtls != null) {
      dtls.close();
    }
    if (ice != null) {
      ice.close();
    }
    earlyDatagrams.clear();
    earlyCandidates.clear();
  }

  private final class IceEvents implements IceListener {
    @Override
    public void onLocalCandidate(IceCandidate candidate) {
      listener.localCandidate(candidate.line());
    }

    @Override
    public void onGatheringDone(NatMapping nat) {
      listener.localCandidate("");
      listener.nat(nat);
    }

    @Override
    public void onConnected() {
      if (ice != null && !closed) {
        startDtls(ice);
      }
    }

    @Override
    public void onDatagram(ByteBuf datagram) {
      if (dtls != null) {
        dtls.receive(datagram);
      } else if (earlyDatagrams.size() < MOST_EARLY_DATAGRAMS) {
        earlyDatagrams.add(Unpooled.copiedBuffer(datagram));
      }
    }

    @Override
    public void onFailed(String why) {
      fail(why);
    }
  }

  private final class DtlsEvents implements DtlsListener {
    @Override
    public void connected() {
      if (dtls != null && !closed) {
        startSctp(dtls);
      }
    }

    @Override
    public void record(ByteBuf plaintext) {
      if (sctp != null) {
        sctp.receive(plaintext);
      }
    }

    @Override
    public void closed(String why) {
      fail(why);
    }
  }

  private final class SctpEvents implements SctpListener {
    @Override
    public void established() {
      if (offers && channels != null) {
        channels.open(config.channel());
      }
    }

    @Override
    public void message(int stream, int ppid, ByteBuf message) {
      if (channels != null) {
        channels.message(stream, ppid, message);
      } else {
        message.release();
      }
    }

    @Override
    public void writable(int stream) {
      if (channels != null) {
        channels.writable(stream);
      }
    }

    @Override
    public void peerReset(int stream) {
      if (channels != null) {
        channels.peerReset(stream);
      }
    }

    @Override
    public void ownReset(int stream) {
      if (channels != null) {
        channels.ownReset(stream);
      }
    }

    @Override
    public void closed(String why) {
      fail(why);
    }
  }
}
