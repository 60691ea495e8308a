// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/** Two real tors, a bridge and a client, that meet through the chain; nothing leaves this host. */
final class PtTorIT {
  /** An authority that does not exist: tor would ask the public ones. */
  private static final String OFFLINE =
      """
      TestingTorNetwork 1
      DirAuthority nobody orport=9 v3ident=%1$s 127.0.0.1:9 %1$s
      AssumeReachable 1
      SocksPort 0
      ControlPort 127.0.0.1:auto
      """
          .formatted("A".repeat(40));

  @TempDir private Path directory;

  private final List<Process> tors = new ArrayList<>();

  @AfterEach
  void stopTors() throws Exception {
    for (Process tor : tors) {
      tor.destroy();
      if (!tor.waitFor(10, TimeUnit.SECONDS)) {
        tor.destroyForcibly();
      }
    }
  }

  @Test
  void aClientReachesItsBridge() throws Exception {
    boolean there = HostCommand.find("tor").isPresent();
    if (!there) {
      System.err.println("SKIPPED: needs the program tor (apt-get install tor)");
    }
    Assumptions.assumeTrue(there, "needs the program tor");
    Path transport = transport();
    try (Chain chain = new Chain(directory)) {
      String freddie = Chain.text(chain.freddie().event("ready"), "url");
      Path bridge =
          tor(
              "bridge",
              """
              BridgeRelay 1
              ORPort 127.0.0.1:%d
              Address 127.0.0.1
              ExtORPort auto
              PublishServerDescriptor 0
              ServerTransportPlugin tollway exec %s pt --freddie %s
              ServerTransportListenAddr tollway 127.0.0.1:%d
              """
                  .formatted(Chain.freePort(), transport, freddie, Chain.freePort()));
      Path invite = bridge.resolve("pt_state/tollway/invite");
      await("the bridge has its invite", bridge, () -> Files.exists(invite));
      String bridgeLine = InviteFile.read(invite).strip();
      chain.widget(bridgeLine, "anna").event("ready");
      String fingerprint = Files.readString(bridge.resolve("fingerprint")).strip().split(" ")[1];

      Path client =
          tor(
              "client",
              """
              UseBridges 1
              ClientTransportPlugin tollway exec %s pt --include-loopback --paths 1
              Bridge tollway 192.0.2.1:80 %s invite=%s
              """
                  .formatted(transport, fingerprint, bridgeLine));
      await(
          "the client is connected to its bridge",
          client,
          () ->
              ask(client, "orconn-status").contains("$" + fingerprint)
                  && ask(client, "orconn-status").contains(" CONNECTED"));
      assertThat(ask(client, "status/bootstrap-phase")).contains("PROGRESS=");
      assertThat(Files.readString(client.resolve("log")))
          .contains("connected to the egress")
          .doesNotContain("unrecognized", "garbage");
    }
  }

  /** A program for torrc, where a class path would not fit. */
  private Path transport() throws IOException {
    Path script = directory.resolve("egress");
    String java =
        String.join(
            " ", JavaProcess.command(Chain.EGRESS).stream().map(word -> "'" + word + "'").toList());
    Files.writeString(script, "#!/bin/sh\nexec " + java + " \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  /** Started with this torrc besides the usual; its directory, with its log. */
  private Path tor(String name, String torrc) throws IOException {
    Path data =
        Files.createDirectory(
            directory.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = directory.resolve(name + ".torrc");
    Files.writeString(
        file,
        OFFLINE
            + """
            DataDirectory %1$s
            ControlPortWriteToFile %1$s/control
            Log info file %1$s/log
            """
                .formatted(data)
            + torrc);
    tors.add(
        new ProcessBuilder("tor", "--defaults-torrc", "/dev/null", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("out").toFile())
            .start());
    return data;
  }

  private void await(String what, Path data, Await.Condition condition) throws Exception {
    try {
      Await.until(what, () -> tors.stream().allMatch(Process::isAlive) && condition.holds());
    } catch (AssertionError late) {
      List<String> log = Files.readAllLines(data.resolve("out"));
      throw new AssertionError(what + ":\n" + String.join("\n", log), late);
    }
  }

  /** What tor's control port says to GETINFO; nothing while it is not there. */
  private static String ask(Path data, String what) throws IOException {
    Path written = data.resolve("control");
    if (!Files.exists(written)) {
      return "";
    }
    int port = Integer.parseInt(Files.readString(written).strip().replaceFirst(".*:", ""));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("AUTHENTICATE\r\nGETINFO " + what + "\r\nQUIT\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .lines()
          .reduce("", (all, line) -> all + line + "\n");
    }
  }
}
