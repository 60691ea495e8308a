// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.nio.charset.StandardCharsets;

/** What the egress says of a stream before its data; the reason is for people and may be empty. */
public record StreamAnswer(Status status, String reason) {
  static final int REASON_LIMIT = 200;

  /** With its code on the wire. */
  public enum Status {
    CONNECTED(0),
    /** The egress's dial policy forbids the destination. */
    FORBIDDEN(1),
    NO_SUCH_NAME(2),
    UNREACHABLE(3),
    REFUSED(4),
    TIMED_OUT(5),
    /** The egress has as much to do as it takes on. */
    BUSY(6),
    /** The header made no sense to the egress. */
    BAD_HEADER(7);

    private final int code;

    Status(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  public StreamAnswer {
    if (reason.getBytes(StandardCharsets.UTF_8).length > REASON_LIMIT) {
      throw new IllegalArgumentException("a reason has at most 200 bytes");
    }
    if (status == Status.CONNECTED && !reason.isEmpty()) {
      throw new IllegalArgumentException("success needs no reason");
    }
  }

  static StreamAnswer connected() {
    return new StreamAnswer(Status.CONNECTED, "");
  }

  public boolean isConnected() {
    return status == Status.CONNECTED;
  }
}
