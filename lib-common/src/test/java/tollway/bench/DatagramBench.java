// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What our own code does with each datagram, by JMH, without system calls: SCTP, the DTLS record
 * and the path's frame, each of about 1,200 bytes. One line of JSON for each: its time, and how
 * much it allocates on the heap. QUIC is a library's, and not in it.
 */
public final class DatagramBench {
  private DatagramBench() {}

  public static void main(String[] arguments) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include("^tollway\\..*Datagram\\.")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(5)
            .measurementTime(TimeValue.seconds(1))
            .forks(1)
            .verbosity(VerboseMode.SILENT)
            .addProfiler(GCProfiler.class)
            .build();
    for (RunResult result : new Runner(options).run()) {
      JsonObject line = new JsonObject();
      String name = result.getParams().getBenchmark();
      line.addProperty(
          "benchmark", name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
      line.addProperty("ns_per_op", Math.round(result.getPrimaryResult().getScore() * 10) / 10.0);
      Result<?> allocated =
          Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"));
      line.addProperty("allocated_bytes_per_op", Math.round(allocated.getScore() * 10) / 10.0);
      System.out.println(line);
    }
  }
}
