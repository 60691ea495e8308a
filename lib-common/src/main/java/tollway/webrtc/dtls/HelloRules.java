// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyExchangeAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsUtils;
import tollway.bytes.Bytes;

/**
 * Which profiles we can keep a handshake to, whoever wrote them: the peer has to show its
 * certificate, take a cipher of ours, and must not be able to answer anything that changes how
 * records are made.
 */
final class HelloRules {
  private static final int SHA1 = 2;

  /** Says that the hash is part of the signature. */
  private static final int MOST_HASH = 8;

  private static final int MOST_PADDING = 256;
  private static final int MOST_GREASE = 16;
  private static final int MOST_SRTP_PROFILES = 16;

  /** What our records can be made with, also when it is an old peer's RSA that signs. */
  private static final Set<Integer> SPOKEN =
      Set.of(
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
          CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384);

  /** A server of the others need not prove who it is, or does it in a way that is not ours. */
  private static final Set<Integer> CERTIFIED =
      Set.of(
          KeyExchangeAlgorithm.RSA,
          KeyExchangeAlgorithm.DHE_RSA,
          KeyExchangeAlgorithm.ECDHE_RSA,
          KeyExchangeAlgorithm.ECDHE_ECDSA);

  /** RFC 8833 §3. */
  private static final Set<Bytes> ALPN = Set.of(alpn("webrtc"), alpn("webrtc", "c-webrtc"));

  private HelloRules() {}

  static void check(
      int weight,
      List<Integer> suites,
      List<Integer> groups,
      List<Integer> schemes,
      List<HelloExtension> extensions) {
    require(
        weight > 0 && weight <= HelloProfile.MOST_WEIGHT,
        "a weight of 1 to " + HelloProfile.MOST_WEIGHT);
    List<Integer> types = extensions.stream().map(HelloExtension::type).toList();
    numbers("suites", suites, HelloProfile.MOST_SUITES);
    numbers("groups", groups, HelloProfile.MOST_GROUPS);
    numbers("schemes", schemes, HelloProfile.MOST_SCHEMES);
    numbers("extensions", types, HelloProfile.MOST_EXTENSIONS);
    checkSuites(suites);
    each(groups, HelloRules::isGroup, "groups that browsers name");
    each(schemes, HelloRules::isScheme, "schemes with a hash of SHA-1 or better");
    require(
        groups.contains(NamedGroup.secp256r1),
        "the group 0017 (secp256r1), which our certificates are of");
    int everybodys = schemes.indexOf(SignatureScheme.ecdsa_secp256r1_sha256);
    require(
        everybodys >= 0
            && schemes.subList(0, everybodys).stream().noneMatch(each -> each >> 8 == SHA1),
        "the scheme 0403 (ecdsa_secp256r1_sha256), and before it none with SHA-1");
    require(
        types.contains(ExtensionType.supported_groups)
            && types.contains(ExtensionType.signature_algorithms)
            && types.contains(ExtensionType.extended_master_secret),
        "the extensions 000a, 000d and 0017");
    require(
        types.contains(ExtensionType.renegotiation_info)
            || suites.contains(CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV),
        "the extension ff01 or the suite 00ff");
    extensions.forEach(HelloRules::checkExtension);
    require(
        extensions.stream().mapToInt(each -> each.body().size()).sum() <= HelloProfile.MOST_BODIES,
        "at most " + HelloProfile.MOST_BODIES + " bytes in its extensions");
  }

  private static void checkSuites(List<Integer> suites) {
    each(suites, HelloRules::isSuite, "suites whose server has a certificate");
    int everybodys = suites.indexOf(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    // Chromium minds our order and has no c02c: it would take one that we only name.
    require(
        everybodys >= 0
            && suites.subList(0, everybodys).stream()
                .allMatch(suite -> SPOKEN.contains(suite) || isNobodys(suite)),
        "c02b, and before it none but c02c, c02f, c030, 00ff and those of TLS 1.3");
  }

  private static boolean isSuite(int suite) {
    return isNobodys(suite) || CERTIFIED.contains(TlsUtils.getKeyExchangeAlgorithm(suite));
  }

  /** None chooses these in DTLS 1.2: GREASE, 1.3's (RFC 8446 §B.4), and the one that is none. */
  private static boolean isNobodys(int suite) {
    return HelloProfile.isGrease(suite)
        || isIn(suite, CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_128_CCM_8_SHA256)
        || suite == CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
  }

  /** What the JDK computes (RFC 8422 §5.1.1); and what others choose in TLS 1.3 or with DHE. */
  private static boolean isGroup(int group) {
    return HelloProfile.isGrease(group)
        || isIn(group, NamedGroup.secp256r1, NamedGroup.secp521r1)
        || group == NamedGroup.x25519
        || group == NamedGroup.x448
        || isIn(group, NamedGroup.ffdhe2048, NamedGroup.ffdhe8192)
        || isIn(group, 0x11eb, 0x11ed);
  }

  /** RFC 5246 §7.4.1.4.1: hash and signature; RFC 8446 §4.2.3 numbers on. */
  private static boolean isScheme(int scheme) {
    boolean signs = (scheme & 0xff) != 0;
    return HelloProfile.isGrease(scheme) || (signs && isIn(scheme >> 8, SHA1, MOST_HASH));
  }

  private static boolean isIn(int number, int least, int most) {
    return number >= least && number <= most;
  }

  private static void checkExtension(HelloExtension extension) {
    Bytes body = extension.body();
    boolean fits =
        switch (extension.type()) {
          case ExtensionType.supported_groups,
              ExtensionType.signature_algorithms,
              ExtensionType.extended_master_secret,
              ExtensionType.session_ticket,
              ExtensionType.signed_certificate_timestamp ->
              body.size() == 0;
          case ExtensionType.renegotiation_info -> body.equals(Bytes.of((byte) 0));
          case ExtensionType.ec_point_formats -> isPointFormats(body);
          case ExtensionType.use_srtp -> isSrtp(body);
          case ExtensionType.application_layer_protocol_negotiation -> ALPN.contains(body);
          case ExtensionType.padding ->
              body.size() <= MOST_PADDING && body.equals(Bytes.of(new byte[body.size()]));
          default -> {
            require(
                HelloProfile.isGrease(extension.type()),
                "no extension %04x: a peer's answer would change the handshake, or is not known"
                    .formatted(extension.type()));
            yield body.size() <= MOST_GREASE;
          }
        };
    require(
        fits,
        "a body as clients of WebRTC send it in the extension %04x".formatted(extension.type()));
  }

  /** RFC 8422 §5.1.2: uncompressed, and maybe the two that nobody uses. */
  private static boolean isPointFormats(Bytes body) {
    if (body.size() < 2 || body.size() > 4 || body.at(0) != body.size() - 1) {
      return false;
    }
    Set<Integer> formats = new HashSet<>();
    for (int i = 1; i < body.size(); i++) {
      formats.add(body.at(i));
    }
    return formats.contains(0)
        && formats.size() == body.size() - 1
        && Set.of(0, 1, 2).containsAll(formats);
  }

  /** RFC 5764 §4.1.1: profiles of two bytes each, and no master key identifier. */
  private static boolean isSrtp(Bytes body) {
    int listed = body.size() - 3;
    return listed > 0
        && listed % 2 == 0
        && listed <= 2 * MOST_SRTP_PROFILES
        && ((body.at(0) << 8) | body.at(1)) == listed
        && body.at(body.size() - 1) == 0;
  }

  /** RFC 7301 §3.1. */
  static Bytes alpn(String... names) {
    Bytes list = Bytes.EMPTY;
    for (String name : names) {
      list = list.plus(Bytes.of((byte) name.length())).plus(Bytes.ofUtf8(name));
    }
    return Bytes.of((byte) 0, (byte) list.size()).plus(list);
  }

  private static void numbers(String what, List<Integer> numbers, int most) {
    require(!numbers.isEmpty() && numbers.size() <= most, "1 to %d %s".formatted(most, what));
    each(numbers, number -> number >= 0 && number <= 0xffff, what + " of two bytes");
    require(new HashSet<>(numbers).size() == numbers.size(), what + " that differ");
  }

  private static void each(List<Integer> numbers, IntPredicate fits, String what) {
    for (int number : numbers) {
      require(fits.test(number), "%s, and not %04x".formatted(what, number));
    }
  }

  private static void require(boolean fulfilled, String what) {
    if (!fulfilled) {
      throw new IllegalArgumentException("a hello has " + what);
    }
  }
}
