// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;
import tollway.pipeline.WidgetPage;

/**
 * What a volunteer with nothing but a browser carries, and what that costs its page: {@code
 * scripts/bench browser [ROUNDS [ROW …]]}. A row is RTT_MS/LOSS_PERCENT/ASSOCIATIONS: the wire
 * between browser and person, and how many associations the browser may have for them. All
 * processes on this host; root, for namespaces.
 */
final class BrowserBench {
  private static final int BLOCKS = 20;

  /** Where the wire loses something. */
  private static final int FEW_BLOCKS = 8;

  private static final int LONG_TASK_MILLIS = 50;
  private static final int MBIT = 20;
  private static final List<String> ALL = List.of("0/0/4", "50/0/4", "50/1/1", "50/1/2", "50/1/4");

  /** What a page can make of further connections when it is not to have them. */
  private static final String AT_MOST =
      "(window.left = %d, window.Known = window.Known || RTCPeerConnection, RTCPeerConnection ="
          + " class extends Known { constructor(how) { if (left-- <= 0) { throw new Error('enough');"
          + " } super(how); } })";

  private final Path directory;
  private final int rounds;

  private BrowserBench(Path directory, int rounds) {
    this.directory = directory;
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    List<String> rows =
        arguments.length > 1 ? List.of(arguments).subList(1, arguments.length) : ALL;
    page();
    for (String row : rows) {
      Path directory = Files.createTempDirectory("tollway-bench");
      try {
        new BrowserBench(directory, rounds).row(row);
      } finally {
        try (Stream<Path> all = Files.walk(directory)) {
          all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        }
      }
    }
    System.exit(0);
  }

  private void row(String row) throws Exception {
    String[] fields = row.split("/");
    double roundTrip = Double.parseDouble(fields[0]);
    double loss = Double.parseDouble(fields[1]);
    boolean bad = roundTrip > 0 || loss > 0;
    Optional<BrowserLab.Road> road =
        bad ? Optional.of(new BrowserLab.Road(roundTrip, loss)) : Optional.empty();
    BrowserLab lab = new BrowserLab(directory, Files.createDirectory(directory.resolve("b")), road);
    try {
      lab.help();
      int associations = Integer.parseInt(fields[2]);
      lab.browser().evaluate(AT_MOST.formatted(associations));
      Owner person = new Owner(directory.resolve("control"));
      JavaProcess desktop = lab.desktop("--paths", "1", "--control", person.socket().toString());
      desktop.event("connected");
      int blocks = loss > 0 ? FEW_BLOCKS : BLOCKS;
      download(lab, desktop, blocks); // Warms up, and shows how lossy the wire is.
      int paths = person.status().getAsJsonArray("paths").size();
      if (paths != (loss > 0 ? associations : 1)) {
        throw new IllegalStateException(row + ": " + paths + " associations");
      }
      measure(row, lab, desktop, blocks, rounds);
      if (!bad) {
        lab.browser()
            .evaluate("(rate.value = %d, rate.dispatchEvent(new Event('change')))".formatted(MBIT));
        measure(row + ", " + MBIT + " Mbit/s", lab, desktop, blocks, 1);
      }
    } finally {
      lab.close();
    }
  }

  private static void page() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(WidgetPage.load().html().toArray());
    }
    JsonObject line = new JsonObject();
    line.addProperty("what", "page");
    line.addProperty("gzip_bytes", packed.size());
    line.addProperty("goal_bytes", 60_000);
    System.out.println(line);
  }

  private void measure(String what, BrowserLab lab, JavaProcess desktop, int blocks, int times)
      throws Exception {
    Chromium browser = lab.browser();
    browser.evaluate(
        "(window.longest = 0, window.observer = new PerformanceObserver((list) => {"
            + " for (const task of list.getEntries()) longest = Math.max(longest, task.duration);"
            + " }), observer.observe({ type: 'longtask' }))");
    double[] rates = new double[times];
    long before = lab.loopbackBytes();
    for (int i = 0; i < times; i++) {
      rates[i] = download(lab, desktop, blocks);
      System.err.printf("bench: %s, %d of %d: %.2f MB/s%n", what, i + 1, times, rates[i]);
    }
    // Once from the site to the exit, the rest from the exit to the page.
    double sent = (double) (lab.loopbackBytes() - before) / (times * blocks * 1048576.0) - 1;
    Arrays.sort(rates);
    JsonObject line = new JsonObject();
    line.addProperty("what", what);
    line.addProperty("rounds", times);
    line.addProperty("median_MBps", Math.round(rates[times / 2] * 100) / 100.0);
    line.addProperty("exit_to_page_bytes_per_byte", Math.round(sent * 100) / 100.0);
    line.addProperty("longest_task_ms", Double.parseDouble(browser.evaluate("longest")));
    line.addProperty("goal_task_ms", LONG_TASK_MILLIS);
    System.out.println(line);
    browser.evaluate("observer.disconnect()");
  }

  private double download(BrowserLab lab, JavaProcess desktop, int blocks) throws Exception {
    Path file = directory.resolve("file");
    long begun = System.nanoTime();
    Chain.Curl curl = Chain.finish(lab.download(desktop, blocks, file, "--max-time", "300"));
    if (curl.exitCode() != 0) {
      throw new IllegalStateException("a download failed: " + curl.out());
    }
    return blocks * 1048576.0 / 1e6 / ((System.nanoTime() - begun) / 1e9);
  }
}
