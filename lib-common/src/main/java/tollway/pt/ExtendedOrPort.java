// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.pipeline.Preamble;

/**
 * Tells tor's Extended ORPort which transport a connection comes by (ext-orport-spec). Not whose it
 * is: we do not know anybody's address.
 */
public final class ExtendedOrPort implements Preamble {
  static final int PART = 32;

  private static final Bytes HEADER = Bytes.ofUtf8("! Extended ORPort Auth Cookie !\n");
  private static final String SERVER_HASH = "ExtORPort authentication server-to-client hash";
  private static final String CLIENT_HASH = "ExtORPort authentication client-to-server hash";

  private final Bytes cookie;
  private final SecureRandom random = new SecureRandom();

  private ExtendedOrPort(Bytes cookie) {
    this.cookie = cookie;
  }

  /** With what the cookie file holds. */
  public static ExtendedOrPort of(Bytes file) throws MalformedBytesException {
    if (file.size() != 2 * PART || !file.slice(0, PART).equals(HEADER)) {
      throw new MalformedBytesException("not the cookie of an Extended ORPort");
    }
    return new ExtendedOrPort(file.slice(PART, 2 * PART));
  }

  @Override
  public void say(DuplexChannel connection, Outcome outcome) {
    byte[] nonce = new byte[PART];
    random.nextBytes(nonce);
    connection.pipeline().addLast(new ExtendedOrPortTalk(this, Bytes.of(nonce), outcome));
    connection.config().setAutoRead(true);
  }

  /** What whoever knows the cookie, too, says to us. */
  Bytes serverHash(Bytes ours, Bytes theirs) {
    return hash(SERVER_HASH, ours, theirs);
  }

  /** What we say to prove that we know it. */
  Bytes clientHash(Bytes ours, Bytes theirs) {
    return hash(CLIENT_HASH, ours, theirs);
  }

  private Bytes hash(String what, Bytes ours, Bytes theirs) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(cookie.toArray(), "HmacSHA256"));
      mac.update(what.getBytes(StandardCharsets.US_ASCII));
      return Bytes.of(mac.doFinal(ours.plus(theirs).toArray()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
