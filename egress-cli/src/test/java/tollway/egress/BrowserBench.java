// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;
import tollway.pipeline.WidgetPage;

/**
 * What a volunteer with nothing but a browser carries, and what that costs its page: {@code
 * scripts/bench browser [ROUNDS]}. All processes on this host; root, for a namespace.
 */
final class BrowserBench {
  private static final int BLOCKS = 20;
  private static final int LONG_TASK_MILLIS = 50;
  private static final int MBIT = 20;

  private BrowserBench() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    page();
    Path directory = Files.createTempDirectory("tollway-bench");
    BrowserLab lab = new BrowserLab(directory, Files.createDirectory(directory.resolve("b")));
    try {
      lab.help();
      JavaProcess desktop = lab.desktop("--paths", "1");
      desktop.event("connected");
      download(lab, desktop, directory); // Warms up.
      measure("unlimited", lab, desktop, directory, rounds);
      Chromium browser = lab.browser();
      browser.evaluate(
          "(rate.value = %d, rate.dispatchEvent(new Event('change')))".formatted(MBIT));
      measure(MBIT + " Mbit/s", lab, desktop, directory, 1);
    } finally {
      lab.close();
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
      }
    }
    System.exit(0);
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

  private static void measure(
      String what, BrowserLab lab, JavaProcess desktop, Path directory, int rounds)
      throws Exception {
    Chromium browser = lab.browser();
    browser.evaluate(
        "(window.longest = 0, window.observer = new PerformanceObserver((list) => {"
            + " for (const task of list.getEntries()) longest = Math.max(longest, task.duration);"
            + " }), observer.observe({ type: 'longtask' }))");
    double[] rates = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      rates[i] = download(lab, desktop, directory);
      System.err.printf("bench: %s, %d of %d: %.1f MB/s%n", what, i + 1, rounds, rates[i]);
    }
    Arrays.sort(rates);
    JsonObject line = new JsonObject();
    line.addProperty("what", what);
    line.addProperty("rounds", rounds);
    line.addProperty("median_MBps", Math.round(rates[rounds / 2] * 100) / 100.0);
    line.addProperty("longest_task_ms", Double.parseDouble(browser.evaluate("longest")));
    line.addProperty("goal_task_ms", LONG_TASK_MILLIS);
    System.out.println(line);
    browser.evaluate("observer.disconnect()");
  }

  private static double download(BrowserLab lab, JavaProcess desktop, Path directory)
      throws Exception {
    long begun = System.nanoTime();
    Chain.Curl curl = Chain.finish(lab.download(desktop, BLOCKS, directory.resolve("file")));
    if (curl.exitCode() != 0) {
      throw new IllegalStateException("a download failed: " + curl.out());
    }
    return BLOCKS * 1048576.0 / 1e6 / ((System.nanoTime() - begun) / 1e9);
  }
}
