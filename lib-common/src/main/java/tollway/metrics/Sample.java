// SPDX-License-Identifier: Apache-2.0
package tollway.metrics;

import java.util.Map;

/**
 * One number at one time. {@code name} is dotted, as in {@code tollway.neighbors}; names and label
 * names are ours, label values may come from elsewhere.
 */
public record Sample(
    Kind kind, String name, String help, Map<String, String> labels, double value) {
  /** How it moves. */
  public enum Kind {
    /** Grows, until its source begins anew. */
    COUNTER,
    /** Goes up and down. */
    GAUGE
  }

  public Sample {
    labels = Map.copyOf(labels);
  }

  public static Sample gauge(String name, String help, double value) {
    return new Sample(Kind.GAUGE, name, help, Map.of(), value);
  }

  public static Sample counter(String name, String help, long value) {
    return new Sample(Kind.COUNTER, name, help, Map.of(), (double) value);
  }

  /** The same with one more label. */
  public Sample with(String label, String labelValue) {
    Map<String, String> more = new java.util.HashMap<>(labels);
    more.put(label, labelValue);
    return new Sample(kind, name, help, more, value);
  }
}
