// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.security.SecureRandom;
import tollway.bytes.Bytes;

/** The first bytes of every stream: its random key, never made from an address, and its use. */
sealed interface StreamHeader {
  int KEY_SIZE = 16;

  Bytes key();

  /** A TCP connection to one destination. */
  record Connection(Bytes key, Destination destination) implements StreamHeader {
    public Connection {
      checkKey(key);
    }
  }

  /** UDP datagrams to and from any number of destinations: see {@link DatagramCodec}. */
  record Datagrams(Bytes key) implements StreamHeader {
    public Datagrams {
      checkKey(key);
    }
  }

  /** Nothing but word that nobody reads the stream of this key any more: it is given up. */
  record Unread(Bytes key) implements StreamHeader {
    public Unread {
      checkKey(key);
    }
  }

  /**
   * A measurement, whose other end is the egress itself.
   *
   * @param seconds how long it takes
   */
  record SpeedTest(Bytes key, Kind kind, int seconds) implements StreamHeader {
    static final int MOST_SECONDS = 30;

    /** What the egress does, with its code on the wire. */
    enum Kind {
      /** Says back what it hears. */
      ECHO(1),
      /** Sends as much as it can, and ends. */
      DOWN(2),
      /** Tells how much it heard, as u64, ten times a second. */
      UP(3);

      private final int code;

      Kind(int code) {
        this.code = code;
      }

      int code() {
        return code;
      }
    }

    public SpeedTest {
      checkKey(key);
      if (seconds < 1 || seconds > MOST_SECONDS) {
        throw new IllegalArgumentException("a speed test takes 1 to 30 s");
      }
    }
  }

  static Bytes freshKey(SecureRandom random) {
    byte[] key = new byte[KEY_SIZE];
    random.nextBytes(key);
    return Bytes.of(key);
  }

  private static void checkKey(Bytes key) {
    if (key.size() != KEY_SIZE) {
      throw new IllegalArgumentException("a stream key has 16 bytes");
    }
  }
}
