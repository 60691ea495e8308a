// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** What a SOCKS5 server replies, with its code (RFC 1928 §6). */
enum SocksStatus {
  SUCCEEDED(0),
  FAILURE(1),
  FORBIDDEN(2),
  NETWORK_UNREACHABLE(3),
  HOST_UNREACHABLE(4),
  CONNECTION_REFUSED(5),
  TTL_EXPIRED(6),
  COMMAND_UNSUPPORTED(7),
  ADDRESS_UNSUPPORTED(8);

  private final int code;

  SocksStatus(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static SocksStatus of(NoStream why) {
    if (why.status().isEmpty()) {
      return HOST_UNREACHABLE;
    }
    return switch (why.status().get()) {
      case FORBIDDEN -> FORBIDDEN;
      case NO_SUCH_NAME -> HOST_UNREACHABLE;
      case UNREACHABLE -> NETWORK_UNREACHABLE;
      case REFUSED -> CONNECTION_REFUSED;
      case TIMED_OUT -> TTL_EXPIRED;
      case CONNECTED, BUSY, BAD_HEADER -> FAILURE;
    };
  }
}
