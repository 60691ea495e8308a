// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/**
 * A volunteer who has nothing but a browser, in a namespace with freddie, the exit and the site;
 * the person is outside, a cable or a bad wire between. The page comes over loopback, since
 * browsers have keys only there and over https.
 */
final class BrowserLab {
  static final String TOKEN = "0123456789abcdef+/=";
  static final String PAGE = "http://127.0.0.1:8470/widget";

  /** A wire as {@code scripts/lab/wire} makes it, the same in both directions. */
  record Road(double roundTripMillis, double lossPercent) {}

  private final Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Netns far;
  private final List<String> home;
  private final String site;
  private final JavaProcess exit;
  private final String invite;
  private final Chromium browser;

  /**
   * Everything but the person runs when it returns; the browser keeps its profile in {@code
   * profile}.
   */
  BrowserLab(Path directory, Path profile) throws Exception {
    this(directory, profile, Optional.empty());
  }

  /** With a road the person has a namespace too. */
  BrowserLab(Path directory, Path profile, Optional<Road> road) throws Exception {
    this.directory = directory;
    far = Netns.create();
    open.add(far);
    try {
      String subnet = "10.78." + ProcessHandle.current().pid() % 250; // Two runs shall not meet.
      if (road.isPresent()) {
        home = wire(subnet, road.get());
      } else {
        home = List.of();
        far.cableToHost("wire", subnet);
      }
      site = subnet + ".1";
      start(far.prefix(), Map.of(), Origin.class.getName(), site).event("ready");
      freddie().event("ready");
      exit = serve();
      invite = Chain.text(exit.event("ready"), "invite");
      browser = Chromium.start(far.prefix(), profile, 700, 900);
      open.add(browser::stop);
    } catch (Exception half) {
      close();
      throw half;
    }
  }

  /** Returns what to put before the person's commands. */
  private List<String> wire(String subnet, Road road) throws Exception {
    Netns person = Netns.create();
    open.add(person);
    String spec =
        "%s:wire,%s:wire,%s,%s,0,0"
            .formatted(far.name(), person.name(), road.roundTripMillis() / 2, road.lossPercent());
    Path program = Path.of("scripts/lab/wire");
    if (!Files.exists(program)) {
      program = Path.of("..").resolve(program); // From a module's directory.
    }
    Process wire =
        new ProcessBuilder(program.toString(), spec)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    open.add(
        () -> {
          wire.destroyForcibly();
          wire.waitFor();
        });
    String said = wire.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"ready".equals(said)) {
      throw new IOException("no wire: " + said);
    }
    join(far, subnet + ".1");
    join(person, subnet + ".2");
    return person.prefix();
  }

  /** What the roles in the far namespace have said to each other. */
  long loopbackBytes() throws IOException {
    String[] lines = far.run("cat", "/proc/net/dev").split("\n");
    for (String line : lines) {
      if (line.strip().startsWith("lo:")) {
        return Long.parseLong(line.strip().split("[ :]+")[1]);
      }
    }
    throw new IOException("no loopback in " + far.name());
  }

  private static void join(Netns end, String address) throws IOException {
    end.run("ip", "address", "add", address + "/24", "dev", "wire");
    end.run("ip", "link", "set", "wire", "up");
    end.run("ip", "route", "add", "default", "dev", "wire");
  }

  private JavaProcess freddie() throws IOException {
    return start(
        far.prefix(),
        Map.of(),
        Chain.FREDDIE,
        "serve",
        "--listen",
        site + ":8480",
        "--stun",
        site + ":3478",
        "--json");
  }

  private JavaProcess serve() throws IOException {
    return start(
        far.prefix(),
        Map.of(),
        Chain.EGRESS,
        "serve",
        "--json",
        "--widget-page",
        "--allow-private",
        "--listen",
        "0.0.0.0:8470",
        "--public-url",
        "ws://" + site + ":8470",
        "--freddie",
        "http://" + site + ":8480",
        "--token-file",
        Files.writeString(directory.resolve("token"), "anna " + TOKEN + "\n").toString(),
        "--state",
        directory.resolve("egress").toString());
  }

  Chromium browser() {
    return browser;
  }

  Netns far() {
    return far;
  }

  JavaProcess exit() {
    return exit;
  }

  String invite() {
    return invite;
  }

  /** Opens the page and waits until it is ready to help. */
  void help() throws Exception {
    browser.open(PAGE + "#" + invite);
    browser.await("document.getElementById('state')?.dataset.state == 'ready'");
  }

  /** The proxy of a desktop that is connected. */
  JavaProcess desktop(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("desktop", "--json", "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    return start(
        home, Map.of("TOLLWAY_INVITE", invite), Chain.EGRESS, arguments.toArray(String[]::new));
  }

  /** A volunteer of the other kind. */
  JavaProcess widget() throws IOException {
    return start(far.prefix(), Map.of("TOLLWAY_INVITE", invite), Chain.EGRESS, "widget", "--json");
  }

  /** curl, by way of {@code desktop}, for so many MiB into {@code file}. */
  Process download(JavaProcess desktop, int blocks, Path file, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--proxy",
                "socks5h://" + Chain.text(desktop.event("listening"), "proxy"),
                "http://" + site + "/blob/" + blocks,
                "-o",
                file.toString()));
    arguments.addAll(List.of(more));
    return Chain.startCurl(home, arguments.toArray(String[]::new));
  }

  private JavaProcess start(
      List<String> prefix, Map<String, String> environment, String main, String... arguments)
      throws IOException {
    JavaProcess process = JavaProcess.start(prefix, environment, main, arguments);
    open.add(process);
    return process;
  }

  void close() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable one : open) {
      one.close();
    }
  }
}
