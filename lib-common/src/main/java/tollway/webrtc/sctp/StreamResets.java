// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.webrtc.sctp.Chunk.Reset;

/** Ends single streams of an association (RFC 6525), which is how data channels close. */
final class StreamResets {
  /** What happens to streams, for the association to carry out. */
  interface Owner {
    /** Everything the peer sent on its outgoing streams has been taken; none named means all. */
    void peerReset(List<Integer> streams);

    /** Our outgoing streams begin again at SSN 0. */
    void ownReset(List<Integer> streams);

    void sendSoon();

    void unreachable();
  }

  private static final int MAX_TRIES = 10;

  private final RetransmitTimeout timeout;
  private final Owner owner;
  private final Set<Integer> wanted = new LinkedHashSet<>();
  private final List<Reset> responses = new ArrayList<>();
  private final Deadline timer;
  private Reset.@Nullable Outgoing pending;
  private boolean due;
  private int tries;
  private int nextRequest;
  private int lastPeerRequest;
  private int lastPeerResult = Reset.Response.NOTHING_TO_DO;

  /** RFC 6525 §3.1: request numbers begin where the TSNs begin. */
  StreamResets(
      EventLoop loop, RetransmitTimeout timeout, int ownFirst, int peerFirst, Owner owner) {
    this.timeout = timeout;
    this.owner = owner;
    nextRequest = ownFirst;
    lastPeerRequest = peerFirst - 1;
    timer = new Deadline(loop, this::onTimer);
  }

  void want(int stream) {
    wanted.add(stream);
    owner.sendSoon();
  }

  /**
   * Writes what is due. Requests wait until the peer has acknowledged everything, so that it need
   * not answer "in progress".
   */
  void write(PacketWriter writer, Sender sender) {
    if (!responses.isEmpty()) {
      writer.add(new Chunk.ReConfig(responses));
      responses.clear();
    }
    if (pending == null && !wanted.isEmpty() && sender.isIdle()) {
      int room = (writer.limit() - SctpCodec.HEADER - 20) / 2;
      List<Integer> streams = wanted.stream().limit(room).toList();
      streams.forEach(wanted::remove);
      pending = new Reset.Outgoing(nextRequest++, lastPeerRequest, sender.nextTsn() - 1, streams);
      tries = 0;
      due = true;
    }
    if (pending != null && due) {
      due = false;
      writer.add(new Chunk.ReConfig(List.of(pending)));
      timer.setIn(timeout.nanos());
    }
  }

  void onReConfig(Chunk.ReConfig reConfig, int cumulativeTsn) {
    for (Reset reset : reConfig.resets()) {
      if (reset instanceof Reset.Response response) {
        onResponse(response);
      } else if (reset instanceof Reset.Outgoing outgoing) {
        boolean early = Serial.before(cumulativeTsn, outgoing.lastTsn());
        answer(
            outgoing.request(),
            early ? Reset.Response.IN_PROGRESS : Reset.Response.PERFORMED,
            () -> owner.peerReset(outgoing.streams()));
      } else if (reset instanceof Reset.Other other) {
        answer(other.request(), Reset.Response.DENIED, () -> {});
      }
    }
    owner.sendSoon();
  }

  private void answer(int request, int result, Runnable performed) {
    boolean again = request == lastPeerRequest;
    if (again && lastPeerResult != Reset.Response.IN_PROGRESS) {
      respond(request, lastPeerResult); // RFC 6525 §5.2.1 E: our response was lost.
    } else if (again || request == lastPeerRequest + 1) {
      lastPeerRequest = request;
      lastPeerResult = result;
      respond(request, result);
      if (result == Reset.Response.PERFORMED) {
        performed.run();
      }
    } else {
      respond(request, Reset.Response.BAD_SEQUENCE_NUMBER);
    }
  }

  private void respond(int request, int result) {
    if (responses.size() < 2) { // RFC 6525 §3.1; the peer asks again for what is left out.
      responses.add(new Reset.Response(request, result));
    }
  }

  private void onResponse(Reset.Response response) {
    Reset.Outgoing request = pending;
    if (request == null || response.request() != request.request()) {
      return;
    }
    if (response.result() == Reset.Response.IN_PROGRESS) {
      tries = 0;
      return; // The timer asks again.
    }
    // A refusal ends it as well: there is nothing else we could do with the stream.
    pending = null;
    timer.clear();
    owner.ownReset(request.streams());
  }

  private void onTimer() {
    if (pending == null) {
      return;
    }
    if (++tries > MAX_TRIES) {
      owner.unreachable();
      return;
    }
    timeout.backOff();
    due = true;
    owner.sendSoon();
  }

  void close() {
    timer.close();
    pending = null;
    wanted.clear();
    responses.clear();
  }
}
