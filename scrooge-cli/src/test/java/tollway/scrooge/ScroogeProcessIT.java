// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.scrooge.MeshLab.Node;

/**
 * What operators and neighbours can do wrong to {@code scrooge}, which runs as processes of its
 * own: one line and the documented exit code each, and a daemon that goes on.
 */
final class ScroogeProcessIT {
  private static final int USAGE = 2;
  private static final int UNAVAILABLE = 3;
  private static final int INVALID = 4;

  @TempDir private Path directory;
  private @Nullable Node alice;
  private @Nullable Node mallory;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip", "nft", "ping", "wireguard-go", "unshare", "setpriv", "mount");
    alice = new Node(directory.resolve("alice"), 1);
    mallory = new Node(directory.resolve("mallory"), 2);
    alice.netns.cable("am0", mallory.netns, "ma0");
  }

  @AfterEach
  void tearDown() throws IOException {
    for (Node node : Arrays.asList(alice, mallory)) {
      if (node != null) {
        node.close();
      }
    }
  }

  private Node alice() {
    return Objects.requireNonNull(alice);
  }

  private Node mallory() {
    return Objects.requireNonNull(mallory);
  }

  private HostCommand.Result scrooge(String... arguments) throws IOException {
    return in(List.of(), List.of(arguments));
  }

  /** {@code wrapper} is a command line that runs the one behind it. */
  private HostCommand.Result in(List<String> wrapper, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Node.scrooge(arguments));
    return alice().netns.attempt("", command.toArray(new String[0]));
  }

  private static void assertRefused(HostCommand.Result said, int exitCode, String why) {
    assertThat(said.stderr()).startsWith("scrooge").contains(why);
    assertThat(said.stderr().strip().lines()).as(said.stderr()).hasSize(1);
    assertThat(said.stdout()).isEmpty();
    assertThat(said.exitCode()).as(said.stderr()).isEqualTo(exitCode);
  }

  /** Alice's {@code scrooge run} with another value for one option. */
  private List<String> runWith(String option, Object value) {
    List<String> arguments = new ArrayList<>(alice().runArguments("am0"));
    arguments.set(arguments.indexOf(option) + 1, value.toString());
    return arguments;
  }

  @Test
  void whatIsMistypedIsNamed() throws Exception {
    assertRefused(scrooge("run", "-i", "am0", "--nope"), USAGE, "--nope");
    assertRefused(scrooge("run"), USAGE, "--interface");
    assertRefused(in(List.of(), alice().runArguments("eth7")), USAGE, "no interface 'eth7' here");
    assertRefused(scrooge("hello", "-i", "am0", "--wait", "soon"), USAGE, "'soon'");
    assertRefused(scrooge("status", "--jsn"), USAGE, "--jsn");
    assertRefused(scrooge("dance"), USAGE, "dance");
    assertRefused(scrooge("tunnel", "dance"), USAGE, "dance");
    assertRefused(scrooge("--config", "/nowhere", "status"), USAGE, "/nowhere");
    Path config = Files.writeString(directory.resolve("config"), "interfce = am0\n");
    assertRefused(scrooge("--config", config.toString(), "run"), USAGE, "'interfce'");
    assertRefused(scrooge("msg", "parse", "scrooge_hello AAAA"), INVALID, "BAD_FIELD_COUNT");
  }

  @Test
  void aDaemonThatIsNotThereIsMissed() throws Exception {
    String absent = alice().control.toString();
    String file = Files.createFile(directory.resolve("file")).toString();
    Path stale = directory.resolve("stale");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(stale));
    }
    for (String socket : List.of(absent, file, stale.toString())) {
      assertRefused(
          scrooge("status", "--control", socket), UNAVAILABLE, "no daemon answers on " + socket);
    }
    for (List<String> command :
        List.of(List.of("neighbors"), List.of("tunnel", "list"), List.of("stop"))) {
      List<String> whole = new ArrayList<>(command);
      whole.addAll(List.of("--control", absent));
      assertRefused(in(List.of(), whole), UNAVAILABLE, "is 'scrooge run' running?");
    }
  }

  @Test
  void somebodyElseOnTheControlSocketIsNotBelieved() throws Exception {
    Path socket = directory.resolve("other");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(socket));
      for (String answer : List.of("", "\n", "hello\n", "[1]\n", "{\"result\":1}\n", "\0\0\n")) {
        Process asking =
            alice()
                .netns
                .start(
                    directory.resolve("said"),
                    Map.of(),
                    Node.scrooge(List.of("status", "--control", socket.toString()))
                        .toArray(new String[0]));
        try (SocketChannel channel = other.accept()) {
          channel.read(ByteBuffer.allocate(1024));
          channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        }
        assertThat(asking.waitFor()).as(answer).isEqualTo(1);
      }
    }
    assertThat(directory.resolve("said"))
        .content()
        .hasLineCount(6)
        .doesNotContain("internal error")
        .contains("the daemon ended the connection", "the daemon's answer makes no sense");
  }

  @Test
  void whatTheHostLacksIsSaid() throws Exception {
    assertUnavailable("apt-get install wireguard-go", hiding("/usr/bin/wireguard-go"));
    assertUnavailable("apt-get install nftables", hiding("/usr/sbin/nft"));
    assertUnavailable("apt-get install iproute2", hiding("/usr/bin/ip"));
    assertUnavailable("run it as root", List.of("setpriv", "--bounding-set", "-net_admin"));
    assertUnavailable("run it as root", List.of("unshare", "--user"));
    assertUnavailable(
        "the kernel lets this root change nothing here",
        List.of("unshare", "--user", "--map-root-user"));
    List<String> kernel = new ArrayList<>(alice().runArguments("am0"));
    kernel.addAll(List.of("--backend", "kernel"));
    if (!alice().netns.succeeds("ip", "link", "add", "probe", "type", "wireguard")) {
      assertRefused(in(List.of(), kernel), UNAVAILABLE, "this kernel has no WireGuard");
    }
    alice().netns.run("ip", "link", "set", "lo", "down");
    alice().netns.run("ip", "link", "set", "am0", "down");
    assertUnavailable("no interface here has an IPv6 address", List.of());
  }

  /** Such a command line runs the daemon in a mount namespace where {@code program} is nothing. */
  private static List<String> hiding(String program) {
    String script = "mount --bind /dev/null " + program + " && exec \"$@\"";
    return List.of("unshare", "-m", "sh", "-c", script, "sh");
  }

  private void assertUnavailable(String why, List<String> wrapper) throws IOException {
    assertRefused(in(wrapper, alice().runArguments("am0")), UNAVAILABLE, why);
    assertThat(alice().control).doesNotExist();
  }

  @Test
  void aKeyThatCannotServeIsNamed() throws Exception {
    Path key = alice().key;
    assertKeyRefused(directory.resolve("absent"), USAGE, "makes one");
    assertKeyRefused(directory, USAGE, "is a directory");
    Path damaged = Files.createFile(directory.resolve("damaged"));
    Files.setPosixFilePermissions(damaged, PosixFilePermissions.fromString("rw-------"));
    for (String text : List.of("", "AAAA", "\0\1\2", "-----BEGIN PRIVATE KEY-----")) {
      Files.writeString(damaged, text);
      assertKeyRefused(damaged, INVALID, damaged.toString());
    }
    Files.setAttribute(key, "unix:uid", 65534);
    assertRefused(
        in(
            List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"),
            alice().runArguments("am0")),
        UNAVAILABLE,
        "permission denied: " + key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertKeyRefused(key, USAGE, "chmod 600 '" + key + "'");
  }

  private void assertKeyRefused(Path key, int exitCode, String why) throws IOException {
    assertRefused(in(List.of(), runWith("--key", key)), exitCode, why);
    assertThat(alice().control).doesNotExist();
  }

  @Test
  void placesThatAreTakenAreNotOverwritten() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    assertRefused(
        in(List.of(), runWith("--control", file)), USAGE, "'" + file + "' exists and is not a");
    assertRefused(
        in(List.of(), runWith("--control", file.resolve("x"))), USAGE, file + "' is not a dir");
    assertRefused(
        in(List.of(), runWith("--control", directory.resolve("x".repeat(120)))), USAGE, "too long");
    assertRefused(in(List.of(), runWith("--state", file)), USAGE, "not a directory: " + file);
    assertThat(file).hasContent("precious");
    assertRefused(scrooge("keygen", "-o", file.toString()), USAGE, "--force");
    assertThat(alice().netns.run("nft", "list", "tables")).isEmpty();
  }

  @Test
  void onlyOneDaemonRunsInANamespaceAndOnASocket() throws Exception {
    alice().start("am0");
    assertRefused(
        in(List.of(), alice().runArguments("am0")),
        USAGE,
        "another daemon answers on " + alice().control);
    Path other = directory.resolve("other");
    assertRefused(
        in(List.of(), runWith("--control", other)),
        USAGE,
        "another scrooge runs in this network namespace");
    assertThat(other).doesNotExist();
    List<String> elsewhere = Node.scrooge(runWith("-i", "ma0"));
    assertRefused(
        mallory().netns.attempt("", elsewhere.toArray(new String[0])),
        USAGE,
        "another daemon answers on " + alice().control);
    assertThat(alice().ask("stop").exitCode()).isZero();
  }

  @Test
  void aFullDiskStopsNobody() throws Exception {
    Path state = Files.createDirectory(alice().state);
    String script =
        "mount -t tmpfs -o size=4k none '%1$s' && head -c 4096 /dev/zero > '%1$s/full' && exec \"$@\""
            .formatted(state);
    List<String> full = List.of("unshare", "-m", "sh", "-c", script, "sh");
    assertRefused(
        in(full, List.of("keygen", "-o", state.resolve("key").toString())),
        1,
        "cannot write " + state.resolve("key") + ": No space left on device");
    alice().startIn(full, "am0");
    mallory().start("ma0");
    Await.until("the tunnel is open", () -> alice().hasOpenTunnels(1));
    assertThat(alice().terminate()).isZero();
    assertThat(Files.readString(alice().log))
        .contains("cannot keep sequence numbers in " + state + "/seqno: No space left on device");
  }

  @Test
  @DisplayName("P1: a flood of garbage harms nobody")
  void aFloodOfGarbageHarmsNobody() throws Exception {
    alice().start("am0");
    mallory().start("ma0");
    Await.until("the tunnel is open", () -> mallory().hasOpenTunnels(1));
    var tunnel = mallory().tunnels().get(0);
    String address = tunnel.get("address").getAsString() + "%" + tunnel.get("tunnel").getAsString();
    long before = residentKilobytes();
    Process flood =
        mallory()
            .netns
            .start(
                directory.resolve("noise"),
                Map.of(),
                JavaProcess.command("tollway.scrooge.Noise", "ma0", "200000")
                    .toArray(new String[0]));
    for (int i = 0; i < 3; i++) {
      assertThat(scrooge("status", "--control", alice().control.toString()).exitCode()).isZero();
      assertThat(mallory().netns.pings(address)).isTrue();
    }
    assertThat(flood.waitFor()).isZero();
    assertThat(alice().status().getAsJsonObject("messages").get("MALFORMED").getAsLong())
        .isGreaterThan(100);
    assertThat(alice().hasOpenTunnels(1)).isTrue();
    assertThat(mallory().netns.pings(address)).isTrue();
    assertThat(residentKilobytes() - before).as("grown by, KiB").isLessThan(64 << 10);
    assertThat(alice().terminate()).isZero();
  }

  private long residentKilobytes() throws IOException {
    long pid = alice().status().get("pid").getAsLong();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS");
  }

  @Test
  void garbageOnTheControlSocketHarmsNobody() throws Exception {
    alice().start("am0");
    List<SocketChannel> stalled = new ArrayList<>();
    try {
      Random random = new Random(2);
      for (int i = 0; i < 100; i++) {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(alice().control));
        stalled.add(channel);
        byte[] noise = new byte[random.nextInt(100_000)];
        random.nextBytes(noise);
        sendWhatIsTaken(channel, noise);
      }
      HostCommand.Result status = scrooge("status", "--control", alice().control.toString());
      assertThat(status.exitCode()).as(status.stderr()).isZero();
    } finally {
      for (SocketChannel channel : stalled) {
        channel.close();
      }
    }
    assertThat(scrooge("stop", "--control", alice().control.toString()).exitCode()).isZero();
    assertThat(alice().awaitExit()).isZero();
  }

  private static void sendWhatIsTaken(SocketChannel channel, byte[] noise) throws IOException {
    channel.configureBlocking(false);
    try {
      channel.write(ByteBuffer.wrap(noise));
    } catch (IOException hungUp) {
      assertThat(hungUp).hasMessageContaining("Broken pipe");
    }
  }

  @Test
  void anInterfaceThatVanishesMayComeBack() throws Exception {
    alice().start("am0");
    mallory().start("ma0");
    Await.until("the tunnel is open", () -> alice().hasOpenTunnels(1));
    alice().netns.run("ip", "link", "delete", "dev", "am0");
    Await.until("the tunnel is gone", () -> alice().tunnels().isEmpty());
    assertThat(alice().status().getAsJsonArray("interfaces")).isEmpty();
    alice().netns.cable("am0", mallory().netns, "ma0");
    Await.until("the tunnel is open again", () -> alice().hasOpenTunnels(1));
    var tunnel = alice().tunnels().get(0);
    String address = tunnel.get("address").getAsString() + "%" + tunnel.get("tunnel").getAsString();
    Await.until("it carries", () -> alice().netns.pings(address));
    assertThat(alice().terminate()).isZero();
    assertThat(Files.readString(alice().log)).contains("am0 is gone").doesNotContain("Exception");
  }

  @Test
  void anotherProgramOnThePortIsBlamed() throws Exception {
    Path log = Files.createFile(directory.resolve("responder"));
    List<String> responder = JavaProcess.command(HelloResponder.class.getName(), "silent", "am0");
    alice().netns.start(log, Map.of(), responder.toArray(new String[0]));
    Await.until("the port is taken", () -> Files.readString(log).contains("up am0"));
    assertRefused(
        in(List.of(), alice().runArguments("am0")),
        USAGE,
        "another program has its port: cannot bind UDP port 8481");
  }
}
