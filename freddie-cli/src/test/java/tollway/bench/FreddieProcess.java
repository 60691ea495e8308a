// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tollway.freddie.FreddieMain;

/**
 * A {@code freddie serve} on loopback, on this class path, whose cost is looked at from outside.
 */
final class FreddieProcess implements AutoCloseable {
  private final Process process;
  private final URI url;

  /** Ready when it returns. */
  FreddieProcess(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(FreddieMain.class.getName());
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0", "--json"));
    command.addAll(List.of(options));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
    url = URI.create(JsonParser.parseString(ready).getAsJsonObject().get("url").getAsString());
  }

  URI url() {
    return url;
  }

  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  long residentMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  /** What is reachable on its heap; it collects its garbage for that. */
  long liveHeapBytes() throws IOException, InterruptedException {
    Process histogram =
        new ProcessBuilder(java("jcmd"), String.valueOf(process.pid()), "GC.class_histogram")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = histogram.inputReader(StandardCharsets.UTF_8).lines().toList();
    histogram.waitFor();
    return lines.stream()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[2]))
        .findFirst()
        .orElseThrow(() -> new IOException("jcmd says nothing of a total"));
  }

  @Override
  public void close() {
    process.toHandle().destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }

  private static String java(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }
}
