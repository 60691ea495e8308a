// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/** A host of a pluggable transport, as scripted as tor: starts it, and speaks SOCKS5 to it. */
final class PtHost implements AutoCloseable {
  private final JavaProcess transport;

  private PtHost(JavaProcess transport) {
    this.transport = transport;
  }

  /** {@code variables} are NAME=VALUE, without TOR_PT_. */
  static PtHost start(Path state, List<String> variables, String... options) throws IOException {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "TOR_PT_MANAGED_TRANSPORT_VER", "1",
                "TOR_PT_STATE_LOCATION", state.toString(),
                "TOR_PT_EXIT_ON_STDIN_CLOSE", "1"));
    for (String each : variables) {
      int equals = each.indexOf('=');
      environment.put("TOR_PT_" + each.substring(0, equals), each.substring(equals + 1));
    }
    List<String> arguments = new ArrayList<>(List.of("pt"));
    arguments.addAll(List.of(options));
    return new PtHost(
        JavaProcess.start(List.of(), environment, Chain.EGRESS, arguments.toArray(String[]::new)));
  }

  /** The first line that begins so. */
  String line(String beginning) throws Exception {
    Await.until(
        "the transport says " + beginning + "; it said " + transport.out() + transport.err(),
        () -> find(beginning) != null || !transport.process().isAlive());
    String found = find(beginning);
    if (found == null) {
      throw new AssertionError("it ended: " + transport.out() + transport.err());
    }
    return found;
  }

  List<String> lines() {
    return transport.out();
  }

  List<String> complaints() {
    return transport.err();
  }

  /** Closes the transport's standard input, and waits for its end. */
  int hangUp() throws Exception {
    transport.process().getOutputStream().close();
    return transport.exitCode();
  }

  int exitCode() throws Exception {
    return transport.exitCode();
  }

  /** Connected with these arguments to the destination, as tor does it. */
  Socket connect(String arguments, String host, int port) throws Exception {
    Socket socket = new Socket();
    boolean done = false;
    try {
      String at = line("CMETHOD tollway socks5 127.0.0.1:");
      socket.connect(
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(),
              Integer.parseInt(at.substring(at.lastIndexOf(':') + 1))));
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      boolean given = !arguments.isEmpty();
      out.write(given ? new byte[] {5, 2, 0, 2} : new byte[] {5, 1, 0});
      expect(in.readShort(), given ? 0x0502 : 0x0500);
      if (given) {
        byte[] all = arguments.getBytes(StandardCharsets.US_ASCII);
        int user = Math.min(255, all.length);
        out.write(new byte[] {1, (byte) user});
        out.write(all, 0, user);
        out.write(all.length > user ? all.length - user : 1);
        out.write(
            all.length > user ? all : new byte[1],
            all.length > user ? user : 0,
            all.length > user ? all.length - user : 1);
        expect(in.readShort(), 0x0100);
      }
      out.write(SocksClient.connectRequest(host, port));
      byte[] reply = new byte[10];
      in.readFully(reply);
      expect(reply[1], SocksClient.SUCCEEDED);
      done = true;
      return socket;
    } finally {
      if (!done) {
        socket.close();
      }
    }
  }

  private static void expect(int said, int wanted) throws IOException {
    if (said != wanted) {
      throw new IOException("answer %x".formatted(said));
    }
  }

  private @org.jspecify.annotations.Nullable String find(String beginning) {
    return transport.out().stream()
        .filter(line -> line.startsWith(beginning))
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() {
    transport.close();
  }
}
