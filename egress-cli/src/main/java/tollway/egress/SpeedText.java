// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;
import tollway.cli.ByteText;
import tollway.cli.UserErrorException;
import tollway.pipeline.SpeedResult;

/** What was measured, for programs and for people. */
final class SpeedText {
  static final int MOST_SECONDS = 30;

  private SpeedText() {}

  static int seconds(String text) {
    if (!text.matches("[0-9]{1,2}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MOST_SECONDS) {
      throw new UserErrorException("--seconds: give a number from 1 to " + MOST_SECONDS);
    }
    return Integer.parseInt(text);
  }

  static JsonObject json(SpeedResult measured) {
    JsonObject roundTrip = new JsonObject();
    roundTrip.addProperty("min", rounded(measured.leastMillis()));
    roundTrip.addProperty("median", rounded(measured.medianMillis()));
    roundTrip.addProperty("jitter", rounded(measured.jitterMillis()));
    JsonObject json = new JsonObject();
    json.add("roundTripMillis", roundTrip);
    json.add("down", flow(measured.down()));
    json.add("up", flow(measured.up()));
    json.addProperty("paths", measured.paths());
    return json;
  }

  private static JsonObject flow(SpeedResult.Flow flow) {
    JsonObject json = new JsonObject();
    json.addProperty("megabitsPerSecond", rounded(flow.bitsPerSecond() / 1e6));
    json.addProperty("bytes", flow.bytes());
    json.addProperty("seconds", rounded(flow.time().toNanos() / 1e9));
    flow.loss().ifPresent(loss -> json.addProperty("lossPercent", rounded(loss * 100)));
    return json;
  }

  static void print(JsonObject json, PrintWriter out) {
    JsonObject roundTrip = json.getAsJsonObject("roundTripMillis");
    out.printf(
        Locale.ROOT,
        "round trip  %.2f ms at best, %.2f ms median, %.2f ms jitter%n",
        roundTrip.get("min").getAsDouble(),
        roundTrip.get("median").getAsDouble(),
        roundTrip.get("jitter").getAsDouble());
    for (String way : new String[] {"down", "up"}) {
      JsonObject flow = json.getAsJsonObject(way);
      out.printf(
          Locale.ROOT,
          "%-11s %.1f Mbit/s (%s in %.1f s)%s%n",
          way,
          flow.get("megabitsPerSecond").getAsDouble(),
          ByteText.of(flow.get("bytes").getAsLong()),
          flow.get("seconds").getAsDouble(),
          flow.has("lossPercent")
              ? String.format(Locale.ROOT, ", %.2f %% lost", flow.get("lossPercent").getAsDouble())
              : "");
    }
    out.println("paths       " + json.get("paths").getAsInt());
  }

  /** What a failed measurement says. */
  static String why(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
