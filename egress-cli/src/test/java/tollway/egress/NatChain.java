// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatLab;
import tollway.lab.NatLab.Nat;
import tollway.lab.Netns;

/**
 * The whole chain in a {@link NatLab}: freddie, the egress and a site on the Internet, and people
 * and volunteers behind NATs. {@link #main} tries each NAT of the one with each of the other.
 */
final class NatChain implements AutoCloseable {
  private static final String FREDDIE = "http://" + NatLab.SERVER + ":8480";

  private final NatLab lab = NatLab.open();
  private final List<JavaProcess> servers = new ArrayList<>();
  private final List<JavaProcess> peers = new ArrayList<>();
  private final String invite;

  /** How long a desktop took from listening to a session, and whether a volunteer carries it. */
  record Way(Duration took, boolean direct) {}

  NatChain(Path directory) throws Exception {
    try {
      server(Origin.class.getName(), NatLab.SERVER).event("ready");
      server(
              Chain.FREDDIE,
              "serve",
              "--listen",
              NatLab.SERVER + ":8480",
              "--stun",
              NatLab.SERVER + ":3478",
              "--json")
          .event("ready");
      JavaProcess egress =
          server(
              Chain.EGRESS,
              "serve",
              "--json",
              "--allow-private",
              "--listen",
              NatLab.SERVER + ":8470",
              "--freddie",
              FREDDIE,
              "--state",
              directory.resolve("egress").toString());
      invite = Chain.text(egress.event("ready"), "invite");
    } catch (Exception half) {
      close();
      throw half;
    }
  }

  Netns host(Nat nat) throws IOException {
    return lab.host(nat);
  }

  JavaProcess widget(Netns where, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("widget", "--json", "--invite", invite));
    arguments.addAll(List.of(more));
    JavaProcess widget = peer(where, arguments.toArray(String[]::new));
    widget.event("ready");
    return widget;
  }

  JavaProcess desktop(Netns where, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("desktop", "--json", "--invite", invite));
    arguments.addAll(List.of(more));
    return peer(where, arguments.toArray(String[]::new));
  }

  /** Empty when the desktop has no session within {@code patience} of listening. */
  static Optional<Way> way(JavaProcess desktop, Duration patience) throws Exception {
    desktop.event("listening");
    long begun = System.nanoTime();
    while (desktop.count("connected") == 0) {
      if (System.nanoTime() - begun > patience.toNanos() || !desktop.process().isAlive()) {
        return Optional.empty();
      }
      Await.tick();
    }
    return Optional.of(new Way(Duration.ofNanos(System.nanoTime() - begun), goesDirectly(desktop)));
  }

  static boolean goesDirectly(JavaProcess desktop) {
    return desktop.out().stream().anyMatch(line -> line.contains("without one"));
  }

  /** A page of the site, by way of the desktop's proxy. */
  static String page(Netns where, JavaProcess desktop) throws Exception {
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    return where.run(
        "curl",
        "-sS",
        "--max-time",
        "20",
        "--proxy",
        "socks5h://" + proxy,
        "http://" + NatLab.SERVER + "/");
  }

  /** Ends every desktop and widget. */
  void endPeers() {
    peers.forEach(JavaProcess::kill);
    peers.forEach(JavaProcess::close);
    peers.clear();
  }

  private JavaProcess server(String mainClass, String... arguments) throws IOException {
    JavaProcess process =
        JavaProcess.start(lab.internet().prefix(), Map.of(), mainClass, arguments);
    servers.add(process);
    return process;
  }

  private JavaProcess peer(Netns where, String... arguments) throws IOException {
    JavaProcess process = JavaProcess.start(where.prefix(), Map.of(), Chain.EGRESS, arguments);
    peers.add(process);
    return process;
  }

  @Override
  public void close() throws IOException {
    endPeers();
    servers.forEach(JavaProcess::kill);
    servers.forEach(JavaProcess::close);
    lab.close();
  }

  /** One JSON line a pair. Needs root. */
  public static void main(String[] arguments) throws Exception {
    try (NatChain chain = new NatChain(Path.of("target", "nat"))) {
      Map<Nat, Netns> people = new EnumMap<>(Nat.class);
      for (Nat nat : Nat.values()) {
        people.put(nat, chain.host(nat));
      }
      for (Nat ofWidget : Nat.values()) {
        chain.widget(chain.host(ofWidget));
        for (Map.Entry<Nat, Netns> person : people.entrySet()) {
          Nat ofDesktop = person.getKey();
          JavaProcess desktop = chain.desktop(person.getValue(), "--direct", "auto");
          Optional<Way> way = way(desktop, Duration.ofSeconds(15));
          JsonObject line = new JsonObject();
          line.addProperty("desktop", ofDesktop.text());
          line.addProperty("widget", ofWidget.text());
          line.addProperty("possible", ofDesktop.canMeet(ofWidget));
          line.addProperty(
              "by", way.map(found -> found.direct() ? "relay" : "data channel").orElse("nothing"));
          way.ifPresent(found -> line.addProperty("ms", found.took().toMillis()));
          System.out.println(line);
          desktop.stop();
        }
        chain.endPeers();
      }
    }
  }
}
