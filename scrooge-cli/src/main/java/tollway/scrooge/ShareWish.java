// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tollway.cli.UserErrorException;
import tollway.shaping.Rate;

/**
 * How much of its bandwidth an owner wants to share, as said: {@code 20mbit}, or {@code 40%} of an
 * uplink, whose speed is a rate or what the driver of an interface says.
 */
record ShareWish(String amount, Optional<String> uplink) {
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,2})?)%");
  private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,14}");

  /** What it comes to. */
  record Share(Rate rate, Optional<Rate> uplink) {}

  /** Refuses what can never make sense. */
  ShareWish {
    if (!PERCENT.matcher(amount).matches() && Rate.parse(amount).isEmpty()) {
      throw new UserErrorException(
          "share: '"
              + amount
              + "' is neither a rate such as 20mbit, from 8kbit to 100gbit, nor a part such as 40%");
    }
    uplink.ifPresent(
        text -> {
          if (Rate.parse(text).isEmpty() && !INTERFACE.matcher(text).matches()) {
            throw new UserErrorException(
                "--uplink: '" + text + "' is neither a rate such as 50mbit nor an interface");
          }
        });
  }

  /** In figures, as of now: an interface is asked for its speed. */
  Share resolve() {
    Optional<Rate> whole = uplink.map(ShareWish::speed);
    Matcher percent = PERCENT.matcher(amount);
    if (!percent.matches()) {
      Rate rate = Rate.parse(amount).orElseThrow();
      if (whole.isPresent() && rate.compareTo(whole.get()) > 0) {
        throw new UserErrorException(
            "share: " + rate + " is more than the uplink's " + whole.get());
      }
      return new Share(rate, whole);
    }
    double part = Double.parseDouble(percent.group(1));
    if (part <= 0 || part > 100) {
      throw new UserErrorException("share: " + amount + " is not between 0% and 100%");
    }
    if (whole.isEmpty()) {
      throw new UserErrorException(
          "share: "
              + amount
              + " of what? Say how fast your uplink is: --uplink 50mbit, or --uplink eth0 to ask"
              + " that interface's driver");
    }
    Rate rate = whole.get().percent(part);
    if (rate.compareTo(Rate.MIN) < 0) {
      throw new UserErrorException("share: " + amount + " of " + whole.get() + " is below 8kbit");
    }
    return new Share(rate, whole);
  }

  private static Rate speed(String text) {
    Optional<Rate> declared = Rate.parse(text);
    return declared.isPresent() ? declared.get() : linkSpeed(text);
  }

  /** What the link was negotiated for; radios, tunnels and virtual machines often do not tell. */
  private static Rate linkSpeed(String device) {
    Path file = Path.of("/sys/class/net", device, "speed");
    if (!Files.exists(file)) {
      throw new UserErrorException("--uplink: no interface '" + device + "' here");
    }
    try {
      long mbit = Long.parseLong(Files.readString(file).strip());
      if (mbit > 0 && mbit <= Rate.MAX.kbit() / 1000) {
        return Rate.ofMbit(mbit);
      }
    } catch (IOException | NumberFormatException untold) {
      // Answered below: a driver that does not know refuses the read, or says -1.
    }
    throw new UserErrorException(
        "--uplink: the driver of " + device + " does not say its speed: give it, as in 50mbit");
  }
}
