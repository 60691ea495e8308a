// SPDX-License-Identifier: Apache-2.0
package tollway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The text that Prometheus reads: the latest samples, and what the process says of itself. */
final class MetricsPage {
  /** Whoever measures more than this has a fault. */
  private static final int LIMIT = 20_000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Series, Shown> shown = new HashMap<>();

  private record Series(String name, Map<String, String> labels) {}

  /** A series on the page, with its present value. */
  private static final class Shown {
    private double value;
    private final Meter meter;

    Shown(PrometheusMeterRegistry registry, Sample sample) {
      Tags tags =
          Tags.of(
              sample.labels().entrySet().stream()
                  .map(label -> Tag.of(label.getKey(), label.getValue()))
                  .toList());
      meter =
          sample.kind() == Sample.Kind.COUNTER
              ? FunctionCounter.builder(sample.name(), this, Shown::value)
                  .description(sample.help())
                  .tags(tags)
                  .register(registry)
              : Gauge.builder(sample.name(), this, Shown::value)
                  .description(sample.help())
                  .tags(tags)
                  .strongReference(true)
                  .register(registry);
    }

    private static double value(Shown shown) {
      return shown.value;
    }
  }

  MetricsPage() {
    new UptimeMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
  }

  /** These, and none of before that are not among them. */
  synchronized String of(List<Sample> samples) {
    if (samples.size() > LIMIT) {
      throw new IllegalStateException(samples.size() + " samples");
    }
    Set<Series> now = new HashSet<>();
    for (Sample sample : samples) {
      Series series = new Series(sample.name(), sample.labels());
      now.add(series);
      shown.computeIfAbsent(series, anew -> new Shown(registry, sample)).value = sample.value();
    }
    shown
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !now.contains(each.getKey());
              if (gone) {
                registry.remove(each.getValue().meter);
              }
              return gone;
            });
    return registry.scrape();
  }
}
