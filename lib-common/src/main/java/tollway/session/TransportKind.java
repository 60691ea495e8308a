// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.handler.codec.quic.Quic;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a session runs over its paths, the better first, with its code on the wire. */
public enum TransportKind {
  /** Where its native library exists: glibc on x86-64 and ARM64. */
  QUIC(1),

  /** Everywhere: see {@link tollway.mux.Multiplexer}. Slower on lossy paths. */
  DTLS(2);

  private final int code;

  TransportKind(int code) {
    this.code = code;
  }

  /** For people and scripts. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  int code() {
    return code;
  }

  /** Empty for what nobody has given out yet. */
  static Optional<TransportKind> of(int code) {
    for (TransportKind kind : values()) {
      if (kind.code == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** What works on this machine. */
  public static Set<TransportKind> available() {
    return Quic.isAvailable() ? EnumSet.allOf(TransportKind.class) : EnumSet.of(DTLS);
  }

  /** The best that both know. */
  static Optional<TransportKind> best(Set<TransportKind> ours, Set<TransportKind> theirs) {
    for (TransportKind kind : values()) {
      if (ours.contains(kind) && theirs.contains(kind)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** One bit for each, the code's. */
  static int bits(Set<TransportKind> kinds) {
    return kinds.stream().mapToInt(kind -> 1 << (kind.code - 1)).sum();
  }

  /** The known ones among the bits. */
  static Set<TransportKind> ofBits(int bits) {
    EnumSet<TransportKind> kinds = EnumSet.noneOf(TransportKind.class);
    for (TransportKind kind : values()) {
      if ((bits & (1 << (kind.code - 1))) != 0) {
        kinds.add(kind);
      }
    }
    return kinds;
  }
}
