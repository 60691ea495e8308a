// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.tls.ExtensionType;
import tollway.bytes.Bytes;

/** The JA4 fingerprint of what a profile looks like, as published by FoxIO in 2023. */
final class Ja4 {
  private static final int HASH = 12;

  private Ja4() {}

  static String of(HelloProfile profile) {
    List<Integer> suites = withoutGrease(profile.suites().stream());
    List<Integer> types = withoutGrease(profile.extensions().stream().map(HelloExtension::type));
    boolean alpn = types.contains(ExtensionType.application_layer_protocol_negotiation);
    // DTLS 1.2 and no server name; of ALPN the ends of the first: webrtc.
    String counts = "dd2i%02d%02d%s".formatted(suites.size(), types.size(), alpn ? "wc" : "00");
    Stream<Integer> hashed =
        types.stream()
            .filter(type -> type != ExtensionType.application_layer_protocol_negotiation)
            .sorted();
    return counts
        + "_"
        + hash(hex(suites.stream().sorted()))
        + "_"
        + hash(hex(hashed) + "_" + hex(withoutGrease(profile.schemes().stream()).stream()));
  }

  private static List<Integer> withoutGrease(Stream<Integer> numbers) {
    return numbers.filter(number -> !HelloProfile.isGrease(number)).toList();
  }

  private static String hex(Stream<Integer> numbers) {
    return numbers.map("%04x"::formatted).collect(Collectors.joining(","));
  }

  private static String hash(String text) {
    return Bytes.ofUtf8(text).sha256().hex().substring(0, HASH);
  }
}
