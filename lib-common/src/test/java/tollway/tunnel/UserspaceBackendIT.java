// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.Netns;

/** Real {@code wireguard-go} processes in a namespace; their sockets can be reached from ours. */
final class UserspaceBackendIT {
  private final UserspaceBackend backend = new UserspaceBackend(Host.real());
  private final TunnelKeys aliceKeys = TunnelKeys.generate(new SecureRandom());
  private final TunnelKeys bobKeys = TunnelKeys.generate(new SecureRandom());
  private final String alice = name("alice");
  private final String bob = name("bob");
  private @Nullable Netns netns;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip", "wireguard-go", "wg");
    netns = Netns.create();
    for (String name : List.of(alice, bob)) {
      netns.run("env", "LOG_LEVEL=silent", "wireguard-go", name);
      netns.run("ip", "link", "set", name, "up");
    }
  }

  @AfterEach
  void tearDown() throws IOException {
    if (netns != null) {
      netns.close();
      backend.remove(alice);
      backend.remove(bob);
    }
  }

  @Test
  void twoEndsShakeHands() throws Exception {
    backend.configure(spec(alice, aliceKeys, 51821, bobKeys, 51822));
    backend.configure(spec(bob, bobKeys, 51822, aliceKeys, 51821));
    Await.until("a handshake", () -> status(alice).lastHandshake().isPresent());
    assertThat(status(bob).receivedBytes()).isPositive();
    assertThat(status(alice).fits(spec(alice, aliceKeys, 51821, bobKeys, 51822))).isTrue();
  }

  /** The kernel's driver reads and writes through {@code wg}, which speaks to both. */
  @Test
  void wgUnderstandsOurConfigurationAndWeItsDump() throws Exception {
    TunnelSpec spec = spec(alice, aliceKeys, 51821, bobKeys, 51822);
    HostCommand.run(List.of("wg", "setconf", alice, "/dev/stdin"), WgText.configuration(spec));
    TunnelStatus dumped = WgText.parseDump(HostCommand.run(List.of("wg", "show", alice, "dump")));
    assertThat(dumped.fits(spec)).isTrue();
    assertThat(dumped).isEqualTo(status(alice));
  }

  @Test
  void aRefusedConfigurationIsAnError() throws Exception {
    TunnelSpec unusable = spec(alice, aliceKeys, 51821, bobKeys, 51822);
    netns().run("ip", "link", "delete", "dev", alice);
    assertThatIOException().isThrownBy(() -> backend.configure(unusable));
  }

  @Test
  void aKilledProcessHasNoStatusAndLeavesNothingWhenRemoved() throws Exception {
    for (ProcessHandle process : netns().processes()) {
      process.destroyForcibly();
    }
    Await.until("both are gone", () -> netns().processes().isEmpty());
    assertThat(backend.status(alice)).isEmpty();
    backend.remove(alice);
    assertThat(Path.of("/var/run/wireguard/" + alice + ".sock")).doesNotExist();
  }

  @Test
  void aStoppedProcessHasNoStatusAndIsEnded() throws Exception {
    for (ProcessHandle process : netns().processes()) {
      if (process.info().commandLine().orElse("").endsWith(alice)) {
        HostCommand.run(List.of("kill", "-STOP", Long.toString(process.pid())));
        Await.until("every thread of it stands still", () -> standsStill(process.pid()));
      }
    }
    assertThat(backend.status(alice)).isEmpty();
    backend.remove(alice);
    Await.until("it is gone", () -> netns().processes().size() == 1);
    assertThat(Path.of("/var/run/wireguard/" + alice + ".sock")).doesNotExist();
  }

  /** proc(5): the state is behind the name in parentheses; T is stopped. */
  private static boolean standsStill(long pid) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads.toList()) {
        if (!Files.readString(thread.resolve("stat")).replaceFirst(".*\\) ", "").startsWith("T")) {
          return false;
        }
      }
    }
    return true;
  }

  private Netns netns() {
    return java.util.Objects.requireNonNull(netns);
  }

  private TunnelStatus status(String name) throws IOException {
    return backend.status(name).orElseThrow();
  }

  private static TunnelSpec spec(
      String name, TunnelKeys own, int port, TunnelKeys peer, int peerPort) throws IOException {
    InetSocketAddress endpoint = new InetSocketAddress(InetAddress.getLoopbackAddress(), peerPort);
    return new TunnelSpec(
        new TunnelDevice(name, "test", 1420, List.of()),
        own,
        port,
        Optional.of(new TunnelPeer(peer.publicKey(), endpoint)));
  }

  private static String name(String who) {
    return TunnelNames.interfaceName(
        Bytes.ofUtf8(who), Bytes.ofUtf8("" + ProcessHandle.current().pid()), "it");
  }
}
