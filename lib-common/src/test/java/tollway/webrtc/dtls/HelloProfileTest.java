// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tollway.webrtc.dtls.Greetings.extension;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

/** Handshakes as somebody else's list has them, and what no list may have. */
final class HelloProfileTest {
  private static final HelloProfile CHROMIUM = Greetings.CHROMIUM;
  private static final HelloProfile GREATEST = Greetings.GREATEST;
  private static final List<Integer> SUITES = CHROMIUM.suites();
  private static final List<Integer> GROUPS = CHROMIUM.groups();
  private static final List<Integer> SCHEMES = CHROMIUM.schemes();
  private static final List<HelloExtension> EXTENSIONS = CHROMIUM.extensions();

  @Test
  void theHelloIsTheProfileOnTheWire() throws Exception {
    try (Handshakes handshakes = new Handshakes()) {
      SeenHello seen = handshakes.one(List.of(CHROMIUM));
      assertThat(seen.suites()).isEqualTo(SUITES);
      assertThat(seen.groups()).isEqualTo(GROUPS);
      assertThat(seen.schemes()).isEqualTo(SCHEMES);
      List<HelloExtension> written = new ArrayList<>(EXTENSIONS);
      written.set(2, extension(0x000a, "0006" + "001d00170018"));
      written.set(5, extension(0x000d, "0006" + "040308040401"));
      assertThat(seen.extensions()).isEqualTo(written);
    }
  }

  @Test
  void greaseIsAnotherEachTimeAndStaysWhereItIs() throws Exception {
    Set<Integer> suites = new HashSet<>();
    try (Handshakes handshakes = new Handshakes()) {
      for (int i = 0; i < 12; i++) {
        SeenHello seen = handshakes.one(List.of(GREATEST));
        suites.add(seen.suites().get(0));
        assertThat(plain(seen.suites())).isEqualTo(plain(GREATEST.suites()));
        assertThat(plain(seen.groups())).isEqualTo(plain(GREATEST.groups()));
        assertThat(plain(seen.schemes())).isEqualTo(plain(GREATEST.schemes()));
        assertThat(plain(seen.types()))
            .isEqualTo(plain(GREATEST.extensions().stream().map(HelloExtension::type).toList()));
        assertThat(seen.types()).doesNotHaveDuplicates();
        assertThat(seen.extensions().get(8).body().size()).isEqualTo(256);
      }
    }
    assertThat(suites).hasSizeGreaterThan(2);
  }

  @Test
  void orderMayBeLeftToChance() throws Exception {
    List<HelloExtension> grease = new ArrayList<>(EXTENSIONS);
    grease.add(0, extension(0x0a0a, ""));
    HelloProfile shuffled = new HelloProfile(1, true, SUITES, GROUPS, SCHEMES, grease);
    Set<List<Integer>> orders = new HashSet<>();
    try (Handshakes handshakes = new Handshakes()) {
      for (int i = 0; i < 6; i++) {
        List<Integer> types = handshakes.one(List.of(shuffled)).types();
        assertThat(HelloProfile.isGrease(types.get(0))).isTrue();
        assertThat(types.subList(1, types.size()))
            .containsExactlyInAnyOrderElementsOf(
                EXTENSIONS.stream().map(HelloExtension::type).toList());
        orders.add(types.subList(1, types.size()));
      }
    }
    assertThat(orders).hasSizeGreaterThan(2);
  }

  @Test
  void eachIsDrawnAsOftenAsItsWeightSays() {
    HelloProfile often =
        new HelloProfile(3, false, List.of(0xc02c, 0xc02b), GROUPS, SCHEMES, EXTENSIONS);
    Random random = new Random(5);
    Map<Integer, Integer> drawn = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      drawn.merge(Hello.draw(List.of(CHROMIUM, often), random).suites()[0], 1, Integer::sum);
    }
    assertThat(drawn.keySet()).containsExactlyInAnyOrder(0xc02b, 0xc02c);
    assertThat(drawn.get(0xc02c)).isBetween(2800, 3200);
  }

  @Test
  void ja4IsWhatOthersComputeFromTheHello() {
    // printf c009,… | sha256sum, by hand.
    assertThat(CHROMIUM.ja4()).isEqualTo("dd2i050700_34e17b67efd5_f9ded3617007");
    assertThat(GREATEST.ja4()).startsWith("dd2i1307wc_");
  }

  @Test
  void whatCouldNotWorkOrDoHarmIsNoProfile() {
    refused("a weight of 1 to 1000", 0, SUITES, GROUPS, SCHEMES, EXTENSIONS);
    suites("1 to 32 suites", List.of());
    suites("1 to 32 suites", Collections.nCopies(33, 0xc02b));
    suites("suites that differ", List.of(0xc02b, 0xc02b));
    suites("suites of two bytes, and not 1c02b", List.of(0xc02b, 0x1c02b));
    suites("c02b, and before it none but", List.of(0xc02c, 0xcca9, 0xc02b));
    suites("c02b, and before it none but", List.of(0xc02c, 0x1301, 0x0a0a));
    // A server of these need show no certificate: DH_anon, ECDH_anon, PSK, NULL, SRP.
    for (int open : List.of(0x00a6, 0xc018, 0x00a8, 0x0000, 0xc01d)) {
      suites("has a certificate, and not %04x".formatted(open), List.of(0xc02b, open));
    }
    suites("and not 5600", List.of(0xc02b, 0x5600));
    groups("the group 0017", List.of(0x001d));
    groups("groups that browsers name, and not 0001", List.of(0x0017, 1));
    groups("groups that browsers name, and not ff01", List.of(0x0017, 0xff01));
    groups("groups that browsers name, and not 001a", List.of(0x001a, 0x0017));
    schemes("the scheme 0403", List.of(0x0804));
    schemes("before it none with SHA-1", List.of(0x0203, 0x0403));
    schemes("SHA-1 or better, and not 0101", List.of(0x0403, 0x0101));
    schemes("SHA-1 or better, and not 0400", List.of(0x0403, 0x0400));
    for (int type : List.of(0x000a, 0x000d, 0x0017)) {
      List<HelloExtension> less = new ArrayList<>(EXTENSIONS);
      less.removeIf(each -> each.type() == type);
      refused("the extensions 000a, 000d and 0017", 1, SUITES, GROUPS, SCHEMES, less);
    }
    List<HelloExtension> open = new ArrayList<>(EXTENSIONS);
    open.removeIf(each -> each.type() == 0xff01);
    refused("the extension ff01 or the suite 00ff", 1, SUITES, GROUPS, SCHEMES, open);
    assertThatCode(() -> new HelloProfile(1, false, List.of(0xc02b, 0x00ff), GROUPS, SCHEMES, open))
        .doesNotThrowAnyException();
    // max_fragment_length, heartbeat, encrypt_then_mac, record_size_limit, supported_versions,
    // key_share, connection_id.
    for (int type : List.of(1, 15, 22, 28, 43, 51, 54)) {
      with("no extension %04x".formatted(type), extension(type, ""));
    }
    with("in the extension 0012", extension(0x0012, "00"));
    with("in the extension 0010", extension(0x0010, "0003" + "026832"));
    with("in the extension 0015", extension(0x0015, "0001"));
    with("in the extension 0015", extension(0x0015, "00".repeat(257)));
    with("in the extension 0a0a", extension(0x0a0a, "00".repeat(17)));
    for (String srtp : List.of("", "0002000101", "000200", "00040001" + "00", "0000" + "00")) {
      instead("in the extension 000e", extension(0x000e, srtp));
    }
    for (String formats : List.of("", "00", "0101", "0200", "0103", "020000")) {
      instead("in the extension 000b", extension(0x000b, formats));
    }
    instead("in the extension ff01", extension(0xff01, "01"));
  }

  @Test
  void noiseIsNoProfileAndNothingElse() {
    Random random = new Random(3);
    int fits = 0;
    for (int i = 0; i < 5000; i++) {
      List<Integer> suites = meddled(random, SUITES);
      List<Integer> groups = meddled(random, GROUPS);
      List<Integer> schemes = meddled(random, SCHEMES);
      List<HelloExtension> extensions = new ArrayList<>(EXTENSIONS);
      if (random.nextBoolean()) {
        byte[] body = new byte[random.nextInt(12)];
        random.nextBytes(body);
        HelloExtension one =
            new HelloExtension(random.nextInt(random.nextBoolean() ? 64 : 1 << 16), Bytes.of(body));
        extensions.set(random.nextInt(extensions.size()), one);
      }
      try {
        HelloProfile made = new HelloProfile(1, true, suites, groups, schemes, extensions);
        assertThat(made.ja4()).hasSize(36);
        fits++;
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageStartingWith("a hello has ");
      }
    }
    assertThat(fits).isBetween(25, 4900);
  }

  private static List<Integer> meddled(Random random, List<Integer> numbers) {
    List<Integer> meddled = new ArrayList<>(numbers);
    if (random.nextInt(3) == 0) {
      meddled.set(random.nextInt(meddled.size()), random.nextInt() >> random.nextInt(28));
    }
    return meddled;
  }

  private static void suites(String why, List<Integer> suites) {
    refused(why, 1, suites, GROUPS, SCHEMES, EXTENSIONS);
  }

  private static void groups(String why, List<Integer> groups) {
    refused(why, 1, SUITES, groups, SCHEMES, EXTENSIONS);
  }

  private static void schemes(String why, List<Integer> schemes) {
    refused(why, 1, SUITES, GROUPS, schemes, EXTENSIONS);
  }

  private static void with(String why, HelloExtension extension) {
    List<HelloExtension> more = new ArrayList<>(EXTENSIONS);
    more.add(extension);
    refused(why, 1, SUITES, GROUPS, SCHEMES, more);
  }

  private static void instead(String why, HelloExtension extension) {
    List<HelloExtension> changed = new ArrayList<>(EXTENSIONS);
    changed.replaceAll(each -> each.type() == extension.type() ? extension : each);
    refused(why, 1, SUITES, GROUPS, SCHEMES, changed);
  }

  private static void refused(
      String why,
      int weight,
      List<Integer> suites,
      List<Integer> groups,
      List<Integer> schemes,
      List<HelloExtension> extensions) {
    assertThatThrownBy(() -> new HelloProfile(weight, false, suites, groups, schemes, extensions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }

  private static List<Integer> plain(List<Integer> numbers) {
    return numbers.stream().map(each -> HelloProfile.isGrease(each) ? 0x0a0a : each).toList();
  }
}
