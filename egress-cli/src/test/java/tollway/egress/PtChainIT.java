// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.JavaProcess;
import tollway.pipeline.InviteCodec;

/** {@code egress pt} at both ends of the chain, started by a scripted host. */
final class PtChainIT {
  private static final int SIZE = 1 << 20;

  /** Each of the tasks here waits; the common pool may have one thread for all of them. */
  private static final Executor BLOCKING =
      task -> {
        Thread own = new Thread(task, "pt-test");
        own.setDaemon(true);
        own.start();
      };

  @TempDir private Path directory;

  @Test
  void bytesGoFromHostToHostWhateverTheBridgeLineNames() throws Exception {
    try (Chain chain = new Chain(directory);
        ServerSocket bridge = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> echo(bridge), BLOCKING);
      String freddie = Chain.text(chain.freddie().event("ready"), "url");
      Path kept = directory.resolve("server");
      PtHost server =
          PtHost.start(
              kept,
              List.of(
                  "SERVER_TRANSPORTS=tollway",
                  "SERVER_BINDADDR=tollway-127.0.0.1:0",
                  "SERVER_TRANSPORT_OPTIONS=tollway:freddie=" + freddie.replace(":", "\\:"),
                  "ORPORT=127.0.0.1:" + bridge.getLocalPort()));
      try (server) {
        server.line("SMETHODS DONE");
        String method = server.line("SMETHOD tollway 127.0.0.1:");
        String invite = method.substring(method.indexOf("ARGS:invite=") + 12);
        assertThat(InviteFile.read(kept.resolve("tollway/invite")).strip()).isEqualTo(invite);
        assertThat(InviteCodec.decode(invite).freddies()).hasSize(1);
        chain.widget(invite, "anna").event("ready");

        Path file = Files.writeString(directory.resolve("invite"), invite);
        try (PtHost client =
            PtHost.start(
                directory.resolve("client"),
                List.of("CLIENT_TRANSPORTS=obfs4,tollway"),
                "--include-loopback",
                "--paths",
                "1")) {
          client.line("CMETHODS DONE");
          try (Socket first = client.connect("invite=" + invite, "192.0.2.1", 80);
              Socket second = client.connect("x=1;invite-file=" + file, "nowhere.invalid", 443)) {
            echoed(first);
            echoed(second);
          }
          assertThatThrownBy(() -> client.connect("invite=tollway1:AAAA", "192.0.2.1", 80))
              .isInstanceOf(IOException.class)
              .hasMessage("answer 101");
          assertThatThrownBy(() -> client.connect("", "192.0.2.1", 80))
              .isInstanceOf(IOException.class);
          client.line("STATUS TRANSPORT=tollway CONNECT=Success");
          client.line(
              "LOG SEVERITY=warning MESSAGE=\"a connection was refused: an invite is missing");
          assertThat(client.hangUp()).isZero();
          assertThat(client.lines())
              .as("nothing but what a host reads")
              .allMatch(line -> line.matches("(VERSION|CMETHOD|CMETHODS|LOG|STATUS) .*"))
              .filteredOn(line -> line.startsWith("STATUS "))
              .as("one desktop for both")
              .hasSize(1);
          assertThat(String.join("\n", client.lines())).doesNotContain("192.0.2.1", "nowhere");
          assertThat(directory.resolve("client")).doesNotExist();
        }
        try (JavaProcess test =
            JavaProcess.start(
                Chain.EGRESS, "speedtest", "--invite", invite, "--include-loopback")) {
          assertThat(test.exitCode()).as("a bridge is for its host alone").isEqualTo(1);
          assertThat(test.err()).singleElement().asString().contains("does no speed tests");
        }
        assertThat(server.hangUp()).isZero();
      }
      assertThat(echo).as("the host still serves").isNotDone();
    }
  }

  @Test
  void whatIsWrongIsToldToTheHostAndToPeople() throws Exception {
    expect(2, List.of("VERSION-ERROR no-version"), "MANAGED_TRANSPORT_VER=9");
    expect(
        2,
        List.of("VERSION 1", "PROXY-ERROR tollway cannot go through a proxy"),
        "CLIENT_TRANSPORTS=tollway",
        "PROXY=socks5://127.0.0.1:9050");
    expect(0, List.of("VERSION 1", "CMETHODS DONE"), "CLIENT_TRANSPORTS=obfs4");
    expect(
        2,
        List.of(
            "VERSION 1",
            "SMETHOD-ERROR tollway --freddie is missing: where do people find volunteers?",
            "SMETHODS DONE"),
        "SERVER_TRANSPORTS=tollway",
        "ORPORT=127.0.0.1:1");
  }

  private void expect(int code, List<String> lines, String... variables) throws Exception {
    try (PtHost host = PtHost.start(directory.resolve("state"), List.of(variables))) {
      assertThat(host.exitCode()).as(String.join("\n", host.complaints())).isEqualTo(code);
      assertThat(host.lines()).isEqualTo(lines);
      assertThat(host.complaints()).hasSize(code == 0 ? 0 : 1);
    }
  }

  private static void echoed(Socket socket) throws Exception {
    byte[] bytes = new byte[SIZE];
    new Random(4).nextBytes(bytes);
    CompletableFuture<byte[]> back =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return socket.getInputStream().readNBytes(SIZE);
              } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
              }
            },
            BLOCKING);
    socket.getOutputStream().write(bytes);
    assertThat(back.get(60, TimeUnit.SECONDS)).isEqualTo(bytes);
  }

  /** The host behind the server, which says back what it hears. */
  private static void echo(ServerSocket bridge) {
    try {
      while (true) {
        Socket socket = bridge.accept();
        CompletableFuture<Void> served =
            CompletableFuture.runAsync(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  } catch (IOException gone) {
                    // So may they.
                  }
                },
                BLOCKING);
        assertThat(served).isNotNull();
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }
}
