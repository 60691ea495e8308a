// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.jspecify.annotations.Nullable;
import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/**
 * Keeps what the two ends of a match say to each other from freddie: HPKE (RFC 9180) in base mode
 * to the producer's {@link SealKey}, bound to all that freddie has told both ends about the match.
 * What opens the rest comes with an end's first word.
 *
 * <pre>
 * consumer:  speaks ──────────────the producer's first word opens──▶ hears, too
 * producer:  waits ──the consumer's first word opens──▶ hears and speaks
 *              └──four that do not──▶ deaf
 * </pre>
 */
final class MatchSeal {
  private static final Bytes LABEL = Bytes.ofUtf8("tollway-seal-v2");
  private static final Bytes CONSUMER = Bytes.ofUtf8("consumer");
  private static final Bytes PRODUCER = Bytes.ofUtf8("producer");

  /** The length of a line would tell something about the address in it. */
  private static final int PADDED_TO = 256;

  /** Each costs an agreement. */
  private static final int MOST_TRIES = 4;

  private final Signal.Matched matched;
  private final Bytes info;
  private final SealSecret secret;
  private final SecureRandom random;

  /** The consumer's. */
  private @Nullable HPKEContext context;

  private Bytes opening = Bytes.EMPTY;
  private @Nullable WordCipher out;
  private @Nullable WordCipher in;
  private int tries;

  /** Of {@code self}, who is told {@code matched}, and opens with {@code secret} as a producer. */
  MatchSeal(Signal.Matched matched, NodeId self, SealSecret secret, SecureRandom random) {
    this.matched = matched;
    this.secret = secret;
    this.random = random;
    boolean consuming = matched.role() == Signal.Role.CONSUMER;
    info =
        new ByteWriter()
            .bytes(LABEL)
            .i64(matched.match())
            .bytes(consuming ? self.key() : matched.peer().key())
            .bytes(consuming ? matched.peer().key() : self.key())
            .bytes(matched.egress().key())
            .u8(matched.distance())
            .toBytes();
    if (consuming) {
      byte[] key = matched.seal().orElseThrow().key().toArray();
      HPKEContextWithEncapsulation sender =
          hpke().setupBaseS(hpke().deserializePublicKey(key), info.toArray());
      context = sender;
      opening = Bytes.of(sender.getEncapsulation());
      out = new WordCipher(sender, CONSUMER);
    }
  }

  /** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. */
  static HPKE hpke() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM128);
  }

  /** Empty when nothing can be said: a producer who was not spoken to, or all that may be said. */
  Optional<Signal.Sealed> seal(Signal word) {
    WordCipher cipher = out;
    if (cipher == null || cipher.next() >= Signal.MAX_SEALED) {
      return Optional.empty();
    }
    int number = cipher.next();
    Bytes text = cipher.seal(padded(SignalingCodec.encode(word)));
    return Optional.of(
        new Signal.Sealed(matched.match(), number, number == 0 ? opening : Bytes.EMPTY, text));
  }

  /** The other end's, once; whatever else comes is refused. */
  Signal open(Signal.Sealed sealed) throws MalformedBytesException {
    Signal word = SignalingCodec.decode(unpadded(text(sealed)).toBuffer());
    boolean ours =
        word instanceof Signal.Description description
            ? description.match() == matched.match()
            : word instanceof Signal.Candidate candidate && candidate.match() == matched.match();
    if (!ours) {
      throw new MalformedBytesException("not what is sealed");
    }
    return word;
  }

  private static Bytes padded(Bytes word) {
    int size = Short.BYTES + word.size();
    int rest = Math.floorMod(-size, PADDED_TO);
    return new ByteWriter().u16(word.size()).bytes(word).bytes(Bytes.of(new byte[rest])).toBytes();
  }

  private static Bytes unpadded(Bytes padded) throws MalformedBytesException {
    ByteReader reader = new ByteReader(padded);
    return reader.bytes(reader.u16());
  }

  private Bytes text(Signal.Sealed sealed) throws MalformedBytesException {
    WordCipher known = in;
    if (known != null) {
      return known.open(sealed.number(), sealed.text());
    }
    if (sealed.opening().size() == 0 || tries >= MOST_TRIES) {
      throw new MalformedBytesException("nothing to open it with");
    }
    tries++;
    return matched.role() == Signal.Role.CONSUMER ? hearProducer(sealed) : hearConsumer(sealed);
  }

  private Bytes hearProducer(Signal.Sealed first) throws MalformedBytesException {
    HPKEContext ours = Objects.requireNonNull(context);
    WordCipher cipher = new WordCipher(ours, PRODUCER.plus(first.opening()));
    Bytes plain = cipher.open(first.number(), first.text());
    in = cipher;
    return plain;
  }

  private Bytes hearConsumer(Signal.Sealed first) throws MalformedBytesException {
    HPKEContext theirs = secret.context(first.opening(), info);
    WordCipher cipher = new WordCipher(theirs, CONSUMER);
    Bytes plain = cipher.open(first.number(), first.text());
    in = cipher;
    // As in RFC 9458 §4.4: who repeats the match to us must not get a second text under one nonce.
    opening = Bytes.random(random, SealKey.SIZE);
    out = new WordCipher(theirs, PRODUCER.plus(opening));
    return plain;
  }
}
