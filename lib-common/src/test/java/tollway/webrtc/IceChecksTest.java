// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/** The decisions alone, on a clock that the test moves. */
final class IceChecksTest {
  private static final IceConfig CONFIG = IceConfig.defaults();

  private final IceNet net = new IceNet(11);
  private final IceNet.Node alice = net.new Node("Alice", CONFIG, IceRole.CONTROLLING);
  private final IceNet.Node bob = net.new Node("Bob", CONFIG, IceRole.CONTROLLED);

  @Test
  void connectsInOneRoundTripAndSettlesInTwo() {
    alice.base("192.0.2.1");
    bob.base("192.0.2.2");
    net.introduce(alice, bob);

    net.advance(10);
    assertThat(alice.active()).isPresent();
    assertThat(bob.active()).isPresent();
    net.advance(10);
    assertThat(alice.checks.nominated()).isPresent();
    assertThat(bob.checks.nominated()).isPresent();
    assertThat(IceNet.mirror(alice, bob)).isTrue();
  }

  @Test
  void prefersTheBestPairOnBothSides() {
    net.random.setSeed(5);
    alice.base("192.0.2.1");
    alice.base("192.0.2.3");
    IceBase worse = bob.base("192.0.2.2");
    bob.base("192.0.2.4");
    net.introduce(alice, bob);
    net.advance(1_000);

    assertThat(IceNet.mirror(alice, bob)).isTrue();
    assertThat(alice.active().orElseThrow().base).isEqualTo(alice.bases.get(0));
    assertThat(alice.active().orElseThrow().remote).isEqualTo(worse.address());
    assertThat(alice.checks.nominated()).isEqualTo(alice.active());
    assertThat(bob.checks.nominated()).isEqualTo(bob.active());
  }

  /** A browser hides its addresses behind mDNS names: we learn them from its checks. */
  @Test
  void connectsToAPeerWhoseAddressesItNeverHears() {
    alice.base("192.0.2.1");
    IceBase hidden = bob.base("192.0.2.2");
    alice.checks.remoteCredentials(bob.credentials);
    bob.checks.remoteCredentials(alice.credentials);
    bob.checks.addRemote(alice.candidate(alice.bases.get(0)));
    net.advance(50);

    assertThat(alice.active().orElseThrow().remote).isEqualTo(hidden.address());
    assertThat(IceNet.mirror(alice, bob)).isTrue();

    // Told late, it is the same pair.
    alice.checks.addRemote(bob.candidate(hidden));
    assertThat(alice.checks.pairs()).isEqualTo(1);
  }

  @Test
  void remembersChecksThatCameBeforeThePeersCredentials() {
    alice.base("192.0.2.1");
    bob.base("192.0.2.2");
    bob.checks.remoteCredentials(alice.credentials);
    bob.checks.addRemote(alice.candidate(alice.bases.get(0)));
    net.advance(20);
    assertThat(bob.active()).as("Alice answers with her own password").isPresent();
    assertThat(alice.active()).isEmpty();

    alice.checks.remoteCredentials(bob.credentials);
    net.advance(10);
    assertThat(alice.active()).isPresent();
  }

  @Test
  void oneOfTwoControllingAgentsGivesWay() {
    for (int seed = 0; seed < 20; seed++) {
      for (IceRole role : IceRole.values()) {
        IceNet conflict = new IceNet(seed);
        IceNet.Node one = conflict.new Node("one", CONFIG, role);
        IceNet.Node other = conflict.new Node("other", CONFIG, role);
        one.base("192.0.2.1");
        other.base("192.0.2.2");
        conflict.introduce(one, other);
        conflict.advance(2_000);

        assertThat(one.checks.role()).isNotEqualTo(other.checks.role());
        assertThat(IceNet.mirror(one, other)).isTrue();
        assertThat(one.checks.nominated()).isPresent();
        assertThat(other.checks.nominated()).isPresent();
      }
    }
  }

  @Test
  void connectsThroughHeavyLoss() {
    for (int seed = 0; seed < 50; seed++) {
      IceNet lossy = new IceNet(seed);
      lossy.loss = 0.4;
      IceNet.Node one = lossy.new Node("one", CONFIG, IceRole.CONTROLLING);
      IceNet.Node other = lossy.new Node("other", CONFIG, IceRole.CONTROLLED);
      one.base("192.0.2.1");
      one.base("192.0.2.3");
      other.base("192.0.2.2");
      lossy.introduce(one, other);
      lossy.advance(3_000);

      assertThat(one.active()).as("seed %s", seed).isPresent();
      assertThat(other.active()).as("seed %s", seed).isPresent();
    }
  }

  @Test
  void punchesThroughTwoNats() {
    alice.nat = net.new Nat("198.51.100.1", false);
    bob.nat = net.new Nat("198.51.100.2", false);
    introduceBehindNats();
    net.advance(1_000);

    assertThat(alice.active().orElseThrow().remote.getHostString()).isEqualTo("198.51.100.2");
    assertThat(bob.active().orElseThrow().remote.getHostString()).isEqualTo("198.51.100.1");
    assertThat(alice.checks.nominated()).isPresent();
    assertThat(bob.checks.nominated()).isPresent();
  }

  @Test
  void failsThroughTwoSymmetricNatsAndSaysSo() {
    alice.nat = net.new Nat("198.51.100.1", true);
    bob.nat = net.new Nat("198.51.100.2", true);
    introduceBehindNats();
    net.advance(16_000);

    assertThat(alice.failures).singleElement().asString().contains("no path to the peer");
    assertThat(bob.failures).hasSize(1);
    assertThat(net.loop.timers()).isZero();
  }

  private void introduceBehindNats() {
    IceBase a = alice.base("10.0.0.2");
    IceBase b = bob.base("10.1.0.2");
    net.cut(a.address(), b.address());
    net.cut(b.address(), a.address());
    IceCandidate aliceOutside = alice.reflexive(a);
    IceCandidate bobOutside = bob.reflexive(b);
    net.introduce(alice, bob);
    alice.checks.addRemote(bobOutside);
    bob.checks.addRemote(aliceOutside);
  }

  @Test
  void noticesAPeerThatIsGone() {
    alice.base("192.0.2.1");
    bob.base("192.0.2.2");
    net.introduce(alice, bob);
    net.advance(10_000);
    assertThat(alice.failures).isEmpty();

    bob.close();
    net.advance(3_000);
    assertThat(alice.failures).isEmpty();
    net.advance(2_100);
    assertThat(alice.failures).containsExactly("the peer has been silent for 4000 ms");
    assertThat(net.loop.timers()).isZero();
  }

  @Test
  void keepsAHealthyPathForHours() {
    alice.base("192.0.2.1");
    alice.base("192.0.2.3");
    bob.base("192.0.2.2");
    net.loss = 0.02;
    net.introduce(alice, bob);
    net.advance(1_000);
    int activations = alice.activated.size() + bob.activated.size();
    net.advance(Duration.ofHours(2).toMillis());

    assertThat(alice.failures).isEmpty();
    assertThat(bob.failures).isEmpty();
    assertThat(alice.activated.size() + bob.activated.size()).isEqualTo(activations);
    // One request and one answer a second each, and a few repeats.
    assertThat(alice.sentAt.size()).isLessThan(2 * 2 * 3600 * 13 / 10);
    assertThat(alice.checks.openChecks()).isLessThanOrEqualTo(16);
  }

  @Test
  void movesToAnotherPathWhenTheOneInUseDies() {
    alice.base("192.0.2.1");
    alice.base("198.51.100.1");
    IceBase first = bob.base("192.0.2.2");
    IceBase second = bob.base("198.51.100.2");
    net.introduce(alice, bob);
    net.advance(5_000);
    assertThat(alice.active().orElseThrow().remote).isEqualTo(first.address());

    for (IceBase from : alice.bases) {
      net.cut(from.address(), first.address());
      net.cut(first.address(), from.address());
    }
    net.advance(4_000);

    assertThat(alice.active().orElseThrow().remote).isEqualTo(second.address());
    assertThat(IceNet.mirror(alice, bob)).isTrue();
    assertThat(alice.checks.nominated()).isEqualTo(alice.active());
    assertThat(bob.checks.nominated()).isEqualTo(bob.active());
    net.advance(60_000);
    assertThat(alice.failures).isEmpty();
    assertThat(bob.failures).isEmpty();
  }

  /** And when the new one dies later, and the old one works again. */
  @Test
  void movesBackAgain() {
    alice.base("192.0.2.1");
    IceBase first = bob.base("192.0.2.2");
    IceBase second = bob.base("198.51.100.2");
    net.introduce(alice, bob);
    net.advance(5_000);
    InetSocketAddress home = alice.bases.get(0).address();
    for (int i = 0; i < 6; i++) {
      IceBase dies = i % 2 == 0 ? first : second;
      IceBase lives = i % 2 == 0 ? second : first;
      net.mend();
      net.cut(home, dies.address());
      net.cut(dies.address(), home);
      net.advance(8_000);
      assertThat(alice.active().orElseThrow().remote).isEqualTo(lives.address());
      assertThat(IceNet.mirror(alice, bob)).isTrue();
    }
    assertThat(alice.failures).isEmpty();
    assertThat(bob.failures).isEmpty();
  }

  @Test
  void saysWhenThereIsNoPath() {
    alice.base("192.0.2.1");
    bob.base("2001:db8::2");
    net.introduce(alice, bob);
    net.advance(15_000);

    assertThat(alice.failures)
        .containsExactly(
            "no path to the peer within 15000 ms: it named 1 addresses, 0 pairs were tried");
    assertThat(net.loop.timers()).isZero();
  }

  @Test
  void pacesItsChecksWhateverThePeerAnnounces() {
    alice.base("192.0.2.1");
    alice.base("192.0.2.3");
    alice.checks.remoteCredentials(bob.credentials);
    for (int i = 0; i < 10_000; i++) {
      alice.checks.addRemote(host("203.0.113." + i % 250, 1024 + i, 1 + i));
    }
    assertThat(alice.checks.pairs()).isLessThanOrEqualTo(IcePairTable.MOST_PAIRS);
    net.advance(14_000);

    assertThat(alice.sentAt.size()).isBetween(IcePairTable.MOST_PAIRS, IcePairTable.MOST_PAIRS * 6);
    long start = alice.sentAt.get(0);
    long inFirstSecond = alice.sentAt.stream().filter(at -> at - start < 1_000_000_000L).count();
    assertThat(inFirstSecond).isLessThanOrEqualTo(150);
    alice.close();
    assertThat(net.loop.timers()).isZero();
  }

  @Test
  void ignoresAddressesThatTheConfigForbids() {
    IceNet.Node strict =
        net
        .new Node(
            "strict", CONFIG.withRemotes(IceConfig.RemoteAddresses.PUBLIC), IceRole.CONTROLLING);
    strict.base("192.0.2.9");
    strict.checks.remoteCredentials(bob.credentials);
    for (String forbidden :
        List.of("10.0.0.1", "192.168.1.1", "127.0.0.1", "224.0.0.1", "0.0.0.0", "100.64.1.1")) {
      strict.checks.addRemote(host(forbidden, 5000, 1000));
    }
    net.advance(1_000);
    assertThat(strict.sentAt).isEmpty();

    strict.checks.addRemote(host("203.0.113.1", 5000, 1000));
    net.advance(1_000);
    assertThat(strict.sentAt).isNotEmpty();
  }

  @Test
  void answersNobodyWhoLacksThePassword() {
    IceBase here = alice.base("192.0.2.1");
    alice.checks.remoteCredentials(bob.credentials);
    Random random = new Random(2);
    String user = alice.credentials.ufrag() + ":" + bob.credentials.ufrag();
    for (int i = 0; i < 2_000; i++) {
      InetSocketAddress mallory = IceNet.address("203.0.113." + i % 250, 1024 + i);
      Bytes guess = Bytes.ofUtf8(IceCredentials.random(random).password());
      StunMessage request = check(random, i % 2 == 0 ? user : "someone:" + user);
      alice.checks.onStun(here, mallory, StunCodec.encode(request, guess));
      alice.checks.onStun(here, mallory, StunCodec.encode(request));
      alice.checks.onStun(
          here,
          mallory,
          StunCodec.encode(request.success(new StunAttribute.XorMappedAddress(mallory)), guess));
    }
    net.advance(5_000);

    assertThat(alice.sentAt).isEmpty();
    assertThat(alice.checks.pairs()).isZero();
    assertThat(alice.checks.openChecks()).isZero();
  }

  /** With the password, which only the peer has: bounded all the same. */
  @Test
  void thePeerItselfCannotMakeItGrow() {
    IceBase here = alice.base("192.0.2.1");
    alice.checks.remoteCredentials(bob.credentials);
    Random random = new Random(2);
    Bytes password = Bytes.ofUtf8(alice.credentials.password());
    String user = alice.credentials.ufrag() + ":" + bob.credentials.ufrag();
    int requests = 20_000;
    for (int i = 0; i < requests; i++) {
      InetSocketAddress source = IceNet.address("203.0.113." + i % 250, 1024 + i);
      alice.checks.onStun(here, source, StunCodec.encode(check(random, user), password));
      if (i % 10 == 0) {
        net.advance(1);
      }
    }
    assertThat(alice.checks.pairs()).isLessThanOrEqualTo(IcePairTable.MOST_REMOTES);
    assertThat(alice.checks.openChecks()).isLessThanOrEqualTo(IcePairTable.MOST_REMOTES * 16);
    // An answer each, and checks of our own at their pace.
    assertThat(alice.sentAt.size()).isLessThan(requests + 1_000);
    alice.close();
    net.advance(100);
    assertThat(net.loop.timers()).isZero();
  }

  @Test
  void believesNoAnswerFromElsewhereAndNoUnsignedRefusal() throws MalformedBytesException {
    IceBase here = alice.base("192.0.2.1");
    List<Bytes> sent = new ArrayList<>();
    IceChecks checks =
        new IceChecks(
            net.loop,
            net.random,
            CONFIG,
            IceRole.CONTROLLING,
            alice.credentials,
            new IceChecks.Output() {
              @Override
              public void stun(IceBase from, InetSocketAddress to, Bytes datagram) {
                sent.add(datagram);
              }

              @Override
              public void active(IcePair pair) {}

              @Override
              public void failed(String why) {}
            });
    checks.addBase(here);
    checks.remoteCredentials(bob.credentials);
    InetSocketAddress there = IceNet.address("192.0.2.2", 5000);
    checks.addRemote(host("192.0.2.2", 5000, 1000));
    StunMessage request = StunCodec.decode(sent.get(0));
    StunMessage success = request.success(new StunAttribute.XorMappedAddress(here.address()));
    Bytes password = Bytes.ofUtf8(bob.credentials.password());

    checks.onStun(here, there, StunCodec.encode(request.error(400)));
    checks.onStun(here, there, StunCodec.encode(success));
    checks.onStun(here, there, StunCodec.encode(success, Bytes.ofUtf8("guess")));
    assertThat(checks.active()).isEmpty();
    assertThat(checks.openChecks()).isEqualTo(1);

    checks.onStun(here, there, StunCodec.encode(success, password));
    assertThat(checks.active()).isPresent();
    checks.close();
    assertThat(net.loop.timers()).isZero();
  }

  @Test
  void refusesAttributesThatItWouldHaveToUnderstand() {
    IceBase here = alice.base("192.0.2.1");
    bob.base("192.0.2.2");
    alice.checks.remoteCredentials(bob.credentials);
    String user = alice.credentials.ufrag() + ":" + bob.credentials.ufrag();
    StunMessage request =
        StunMessage.request(
            StunMessage.newTransactionId(net.random),
            new StunAttribute.Username(user),
            new StunAttribute.Other(0x7abc, Bytes.EMPTY));
    alice.checks.onStun(
        here,
        bob.bases.get(0).address(),
        StunCodec.encode(request, Bytes.ofUtf8(alice.credentials.password())));

    assertThat(alice.sentAt).hasSize(1);
    assertThat(alice.checks.pairs()).isZero();
  }

  /** It answers everything and asks nothing, and takes the pair that we name. */
  @Test
  void controlsALitePeer() {
    IceNet.Node full = net.new Node("full", CONFIG, IceRole.CONTROLLED);
    IceBase here = full.base("192.0.2.1");
    InetSocketAddress lite = IceNet.address("192.0.2.2", 7000);
    List<StunMessage> asked = new ArrayList<>();
    IceNet.Node stub = net.new Node("lite", CONFIG, IceRole.CONTROLLED);
    IceChecks checks =
        new IceChecks(
            net.loop,
            net.random,
            CONFIG,
            IceRole.CONTROLLED,
            full.credentials,
            new IceChecks.Output() {
              @Override
              public void stun(IceBase from, InetSocketAddress to, Bytes datagram) {
                try {
                  StunMessage request = StunCodec.decode(datagram);
                  asked.add(request);
                  Bytes answer =
                      StunCodec.encode(
                          request.success(new StunAttribute.XorMappedAddress(from.address())),
                          Bytes.ofUtf8(stub.credentials.password()));
                  net.loop.execute(() -> full.active(new IcePair(from, to, 1)));
                  net.loop.execute(() -> answerTo(answer));
                } catch (MalformedBytesException impossible) {
                  throw new IllegalStateException(impossible);
                }
              }

              private void answerTo(Bytes answer) {
                lateChecks[0].onStun(here, lite, answer);
              }

              @Override
              public void active(IcePair pair) {}

              @Override
              public void failed(String why) {}
            });
    lateChecks[0] = checks;
    checks.addBase(here);
    checks.remoteIsLite();
    checks.remoteCredentials(stub.credentials);
    checks.addRemote(host("192.0.2.2", 7000, 1000));
    net.advance(500);

    assertThat(checks.role()).isEqualTo(IceRole.CONTROLLING);
    assertThat(checks.nominated()).isPresent();
    assertThat(asked.get(1).first(StunAttribute.UseCandidate.class)).isPresent();
    net.advance(30_000);
    assertThat(checks.active()).isPresent();
    checks.close();
  }

  private final IceChecks[] lateChecks = new IceChecks[1];

  @Test
  void followsAPeerThatNominatesEverything() {
    alice.base("192.0.2.1");
    IceBase worse = bob.base("192.0.2.2");
    bob.base("192.0.2.4");
    net.introduce(alice, bob);
    net.advance(1_000);
    IcePair settled = bob.checks.nominated().orElseThrow();
    // Alice, an aggressive one, nominates a worse pair as well.
    String user = bob.credentials.ufrag() + ":" + alice.credentials.ufrag();
    StunMessage request =
        StunMessage.request(
            StunMessage.newTransactionId(net.random),
            new StunAttribute.Username(user),
            new StunAttribute.Priority(5),
            new StunAttribute.IceControlling(-1),
            new StunAttribute.UseCandidate());
    bob.checks.onStun(
        worse,
        IceNet.address("192.0.2.77", 9),
        StunCodec.encode(request, Bytes.ofUtf8(bob.credentials.password())));
    net.advance(1_000);

    assertThat(bob.active()).contains(settled);
  }

  @Test
  void connectsInWhateverOrderThingsBecomeKnown() {
    for (int seed = 0; seed < 300; seed++) {
      IceNet shuffled = new IceNet(seed);
      IceNet.Node one = shuffled.new Node("one", CONFIG, IceRole.CONTROLLING);
      IceNet.Node other = shuffled.new Node("other", CONFIG, IceRole.CONTROLLED);
      List<Runnable> events = new ArrayList<>();
      events.add(() -> one.checks.remoteCredentials(other.credentials));
      events.add(() -> other.checks.remoteCredentials(one.credentials));
      for (String host : List.of("192.0.2.1", "2001:db8::1")) {
        events.add(() -> tell(one, one.base(host), other));
      }
      for (String host : List.of("192.0.2.2", "2001:db8::2", "192.0.2.4")) {
        events.add(() -> tell(other, other.base(host), one));
      }
      Collections.shuffle(events, shuffled.random);
      for (Runnable event : events) {
        event.run();
        shuffled.advance(shuffled.random.nextInt(300));
      }
      shuffled.advance(2_000);

      assertThat(IceNet.mirror(one, other)).as("seed %s", seed).isTrue();
      assertThat(one.checks.nominated()).as("seed %s", seed).isEqualTo(one.active());
      assertThat(other.checks.nominated()).as("seed %s", seed).isEqualTo(other.active());
      one.close();
      other.close();
      shuffled.advance(60_000);
      assertThat(shuffled.loop.timers()).isZero();
      assertThat(one.outputAfterClose + other.outputAfterClose).isZero();
    }
  }

  /**
   * Whatever happens in whatever order: bounds hold, nothing is left behind, nobody is told late.
   */
  @Test
  void survivesAnySequenceOfEvents() {
    int connected = 0;
    for (int seed = 0; seed < 400; seed++) {
      IceNet chaos = new IceNet(seed);
      chaos.loss = chaos.random.nextInt(4) * 0.1;
      IceConfig hasty =
          CONFIG
              .withConsent(Duration.ofMillis(200), Duration.ofMillis(800))
              .withConnectTimeout(Duration.ofSeconds(5));
      IceRole role = chaos.random.nextBoolean() ? IceRole.CONTROLLING : IceRole.CONTROLLED;
      IceNet.Node one = chaos.new Node("one", hasty, IceRole.CONTROLLING);
      IceNet.Node other = chaos.new Node("other", hasty, role);
      for (int i = 0; i < 120; i++) {
        disturb(chaos, one, other);
        for (IceNet.Node node : List.of(one, other)) {
          assertThat(node.checks.pairs()).isLessThanOrEqualTo(IcePairTable.MOST_PAIRS);
          assertThat(node.checks.openChecks()).isLessThanOrEqualTo(IcePairTable.MOST_PAIRS * 16);
          assertThat(node.failures).hasSizeLessThanOrEqualTo(1);
          if (!node.failures.isEmpty()) {
            assertThat(node.active()).isEmpty();
          }
        }
      }
      connected += one.activated.isEmpty() ? 0 : 1;
      one.close();
      other.close();
      chaos.advance(1_000);
      assertThat(chaos.loop.timers()).as("seed %s", seed).isZero();
      assertThat(one.outputAfterClose + other.outputAfterClose).as("seed %s", seed).isZero();
    }
    assertThat(connected).isGreaterThan(100);
  }

  private void disturb(IceNet chaos, IceNet.Node one, IceNet.Node other) {
    Random random = chaos.random;
    boolean swap = random.nextBoolean();
    IceNet.Node node = swap ? other : one;
    IceNet.Node peer = swap ? one : other;
    switch (random.nextInt(14)) {
      case 0, 1 -> {
        if (node.bases.size() < 4) {
          node.base("192.0.2." + (10 * node.bases.size() + (swap ? 1 : 2)));
        }
      }
      case 2, 3 -> node.checks.remoteCredentials(peer.credentials);
      case 4, 5 -> peer.bases.forEach(base -> tell(peer, base, node));
      case 6 -> node.checks.addRemote(host("203.0.113.9", 1 + random.nextInt(60_000), 1_000));
      case 7 -> {
        if (!node.bases.isEmpty() && !peer.bases.isEmpty()) {
          chaos.cut(node.bases.get(0).address(), peer.bases.get(0).address());
        }
      }
      case 8 -> chaos.mend();
      case 9 -> {
        if (!node.bases.isEmpty()) {
          byte[] noise = new byte[random.nextInt(100)];
          random.nextBytes(noise);
          node.checks.onStun(node.bases.get(0), IceNet.address("203.0.113.7", 77), Bytes.of(noise));
        }
      }
      case 10 -> {
        if (!node.bases.isEmpty()) {
          String user = node.credentials.ufrag() + ":" + peer.credentials.ufrag();
          node.checks.onStun(
              node.bases.get(0),
              IceNet.address("203.0.113.8", 1 + random.nextInt(100)),
              StunCodec.encode(check(random, user), Bytes.ofUtf8(node.credentials.password())));
        }
      }
      case 11 -> {
        if (random.nextInt(20) == 0) {
          node.checks.remoteIsLite();
        }
      }
      case 12 -> {
        if (random.nextInt(40) == 0) {
          node.close();
        }
      }
      default -> chaos.advance(random.nextInt(400));
    }
    chaos.advance(random.nextInt(30));
  }

  private static void tell(IceNet.Node from, IceBase base, IceNet.Node to) {
    to.checks.addRemote(from.candidate(base));
  }

  private StunMessage check(Random random, String user) {
    return StunMessage.request(
        StunMessage.newTransactionId(random),
        new StunAttribute.Username(user),
        new StunAttribute.Priority(random.nextInt() & 0xffff_ffffL),
        new StunAttribute.IceControlled(random.nextLong()));
  }

  private static IceCandidate host(String host, int port, long priority) {
    return new IceCandidate(
        IceCandidate.Type.HOST, "1", priority, IceNet.address(host, port), Optional.empty());
  }
}
