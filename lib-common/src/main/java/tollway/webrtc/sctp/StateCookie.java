// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.sctp.Chunk.Terms;

/**
 * What we told a peer to give back (RFC 9260 §5.1.3): its terms, when we heard them, and a code
 * that only we can make. Layout: time 8, tag 4, window 4, streams 2 + 2, first TSN 4, extensions 1,
 * HMAC-SHA-256 32.
 */
record StateCookie(Terms peer, long madeAt) {
  private static final int MAC = 32;
  private static final int SIZE = 25 + MAC;

  /** Makes and checks cookies with a key that never leaves it. */
  static final class Seal {
    private final SecretKeySpec key;

    Seal(SecureRandom random) {
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      key = new SecretKeySpec(secret, "HmacSHA256");
    }

    Bytes close(StateCookie cookie) {
      Terms peer = cookie.peer();
      Bytes body =
          new ByteWriter()
              .i64(cookie.madeAt())
              .u32(peer.tag())
              .u32(peer.window())
              .u16(peer.outStreams())
              .u16(peer.inStreams())
              .u32(peer.firstTsn())
              .u8((peer.forwardTsn() ? 1 : 0) | (peer.reconfig() ? 2 : 0))
              .toBytes();
      return body.plus(Bytes.of(mac(body.toArray())));
    }

    StateCookie open(Bytes sealed) throws MalformedBytesException {
      if (sealed.size() != SIZE) {
        throw new MalformedBytesException("not a cookie of ours");
      }
      byte[] all = sealed.toArray();
      byte[] body = Arrays.copyOf(all, SIZE - MAC);
      if (!MessageDigest.isEqual(mac(body), Arrays.copyOfRange(all, SIZE - MAC, SIZE))) {
        throw new MalformedBytesException("not a cookie of ours");
      }
      ByteReader in = new ByteReader(Bytes.of(body));
      long madeAt = in.i64();
      int tag = (int) in.u32();
      int window = (int) in.u32();
      int outStreams = in.u16();
      int inStreams = in.u16();
      int firstTsn = (int) in.u32();
      int extensions = in.u8();
      return new StateCookie(
          new Terms(
              tag,
              window,
              outStreams,
              inStreams,
              firstTsn,
              (extensions & 1) != 0,
              (extensions & 2) != 0),
          madeAt);
    }

    private byte[] mac(byte[] body) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return mac.doFinal(body);
      } catch (GeneralSecurityException everyJdkHasIt) {
        throw new IllegalStateException(everyJdkHasIt);
      }
    }
  }
}
