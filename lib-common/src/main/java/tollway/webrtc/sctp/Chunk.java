// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import io.netty.buffer.ByteBuf;
import java.util.List;
import tollway.bytes.Bytes;

/**
 * One item of an SCTP packet (RFC 9260 §3.3). TSNs, tags and request numbers are the 32 bits as
 * they are; compare them with {@link Serial}.
 */
sealed interface Chunk {
  void accept(Visitor visitor);

  /** A message or a part of one. The payload is a view that ends with the packet it came in. */
  record Data(int flags, int tsn, int stream, int ssn, int ppid, ByteBuf payload) implements Chunk {
    static final int END = 1;
    static final int BEGIN = 2;
    static final int UNORDERED = 4;

    /** Asks for a SACK without delay (RFC 9260 §6.2). */
    static final int IMMEDIATE = 8;

    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.data(this);
    }
  }

  /** What INIT and INIT ACK say of their sender. */
  record Terms(
      int tag,
      int window,
      int outStreams,
      int inStreams,
      int firstTsn,
      boolean forwardTsn,
      boolean reconfig) {}

  /** Unrecognized are the parameters the sender wants to hear about (RFC 9260 §3.2.1). */
  record Init(Terms terms, List<Bytes> unrecognized) implements Chunk {
    public Init {
      unrecognized = List.copyOf(unrecognized);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.init(this);
    }
  }

  record InitAck(Terms terms, Bytes cookie, List<Bytes> unrecognized) implements Chunk {
    public InitAck {
      unrecognized = List.copyOf(unrecognized);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.initAck(this);
    }
  }

  /** A run of received TSNs, as distances from the cumulative TSN. */
  record Gap(int start, int end) {}

  record Sack(int cumulativeTsn, int window, List<Gap> gaps, List<Integer> duplicates)
      implements Chunk {
    public Sack {
      gaps = List.copyOf(gaps);
      duplicates = List.copyOf(duplicates);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.sack(this);
    }
  }

  record Heartbeat(Bytes info) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.heartbeat(this);
    }
  }

  record HeartbeatAck(Bytes info) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.heartbeatAck(this);
    }
  }

  /** Why something was refused (RFC 9260 §3.3.10). */
  record Cause(int code, Bytes info) {
    static final int INVALID_STREAM = 1;
    static final int STALE_COOKIE = 3;
    static final int UNRECOGNIZED_CHUNK = 6;
    static final int USER_ABORT = 12;
    static final int PROTOCOL_VIOLATION = 13;
  }

  /** Reflected: the packet carries the sender's own idea of the tag, not ours (the T bit). */
  record Abort(boolean reflected, List<Cause> causes) implements Chunk {
    public Abort {
      causes = List.copyOf(causes);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.abort(this);
    }
  }

  record OperationError(List<Cause> causes) implements Chunk {
    public OperationError {
      causes = List.copyOf(causes);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.operationError(this);
    }
  }

  record Shutdown(int cumulativeTsn) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.shutdown(this);
    }
  }

  record ShutdownAck() implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.shutdownAck(this);
    }
  }

  record ShutdownComplete(boolean reflected) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.shutdownComplete(this);
    }
  }

  record CookieEcho(Bytes cookie) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.cookieEcho(this);
    }
  }

  record CookieAck() implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.cookieAck(this);
    }
  }

  /** An ordered message that will not come (RFC 3758 §3.2). */
  record Skip(int stream, int ssn) {}

  record ForwardTsn(int newCumulativeTsn, List<Skip> skips) implements Chunk {
    public ForwardTsn {
      skips = List.copyOf(skips);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.forwardTsn(this);
    }
  }

  /** One parameter of RE-CONFIG (RFC 6525 §4). */
  sealed interface Reset {
    /** The sender ends its outgoing streams after {@code lastTsn}; none named means all. */
    record Outgoing(int request, int response, int lastTsn, List<Integer> streams)
        implements Reset {
      public Outgoing {
        streams = List.copyOf(streams);
      }
    }

    record Response(int request, int result) implements Reset {
      static final int NOTHING_TO_DO = 0;
      static final int PERFORMED = 1;
      static final int DENIED = 2;
      static final int BAD_SEQUENCE_NUMBER = 5;
      static final int IN_PROGRESS = 6;
    }

    /** A request of a kind that data channels do not need. */
    record Other(int type, int request) implements Reset {}
  }

  record ReConfig(List<Reset> resets) implements Chunk {
    public ReConfig {
      resets = List.copyOf(resets);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.reConfig(this);
    }
  }

  /** Makes a packet larger for a probe (RFC 4820); {@code size} counts the whole chunk. */
  record Pad(int size) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      // It has done its work by arriving.
    }
  }

  /** A chunk of a type we do not know, header included. */
  record Unknown(int type, Bytes raw) implements Chunk {
    @Override
    public void accept(Visitor visitor) {
      visitor.unknown(this);
    }
  }

  /** A place for each kind, so that the compiler finds the ones forgotten. */
  interface Visitor {
    void data(Data data);

    void init(Init init);

    void initAck(InitAck ack);

    void sack(Sack sack);

    void heartbeat(Heartbeat heartbeat);

    void heartbeatAck(HeartbeatAck ack);

    void abort(Abort abort);

    void operationError(OperationError error);

    void shutdown(Shutdown shutdown);

    void shutdownAck(ShutdownAck ack);

    void shutdownComplete(ShutdownComplete complete);

    void cookieEcho(CookieEcho echo);

    void cookieAck(CookieAck ack);

    void forwardTsn(ForwardTsn forward);

    void reConfig(ReConfig reConfig);

    void unknown(Unknown unknown);
  }
}
