// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import tollway.crawl.CrawlJournal;
import tollway.crawl.Ipv4Block;
import tollway.crawl.Ipv4Ranges;
import tollway.crawl.PacedSweep;
import tollway.crawl.Sweep;

/**
 * How many probes a second the built-in prober of {@code freddie stun crawl} sends, on loopback, to
 * a socket that reads none. Argument: addresses of the fastest sweep (262144, at most 2²⁰). One
 * line of JSON for each rate that was asked for; 0: as fast as it can, which the command never is.
 */
public final class ProberBench {
  private static final int UNBOUNDED = 1_000_000_000;

  private ProberBench() {}

  public static void main(String[] arguments) throws Exception {
    int most = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1 << 18;
    try (DatagramSocket deaf = new DatagramSocket(new InetSocketAddress("0.0.0.0", 0))) {
      // Warm, and not told.
      sweep(deaf.getLocalPort(), UNBOUNDED, Math.min(most, 1 << 16));
      System.out.println(line(deaf.getLocalPort(), 1_000, 5_000));
      System.out.println(line(deaf.getLocalPort(), 10_000, 50_000));
      System.out.println(line(deaf.getLocalPort(), UNBOUNDED, most));
    }
  }

  private static JsonObject line(int port, int rate, int packets) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    double seconds = sweep(port, rate, packets).toNanos() / 1e9;
    JsonObject json = new JsonObject();
    json.addProperty("rate", rate == UNBOUNDED ? 0 : rate);
    json.addProperty("packets", packets);
    json.addProperty("per_second", Math.round(packets / seconds));
    json.addProperty(
        "cpu_us_per_packet", Math.round((system.getProcessCpuTime() - cpu) / 1e2 / packets) / 10.0);
    return json;
  }

  private static Duration sweep(int port, int rate, int packets)
      throws IOException, InterruptedException {
    long first = Ipv4Block.of("127.16.0.0").first();
    Ipv4Ranges ranges = Ipv4Ranges.of(List.of(new Ipv4Block(first, first + packets - 1)));
    long begun = System.nanoTime();
    new PacedSweep(ranges, port, rate, new byte[CrawlJournal.KEY_BYTES], Duration.ofNanos(1))
        .run(
            0,
            new Sweep.Listener() {
              @Override
              public void hit(long address) {
                throw new IllegalStateException("nobody is there to answer");
              }

              @Override
              public void progress(long done, long sent) {}
            });
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
