// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.exec.HostCommand;
import tollway.stun.StunAttribute.XorMappedAddress;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/**
 * ZMap (tried with 2.1.1) does the sweep, in one go: what it did is known when it ends. It is given
 * a list of our own for what to probe, an interface and a gateway (without which it may hang for
 * ever), and a limit of time; and it ends when we do. Needs raw sockets.
 */
public final class ZmapSweep implements Sweep {
  private static final int MOST_OUTPUT = 16 << 20;

  /** Of what it says when it fails, in characters. */
  private static final int MOST_WORDS = 160;

  private static final Pattern NOT_ALLOWED =
      Pattern.compile("permission|not permitted|are you root", Pattern.CASE_INSENSITIVE);

  /** For answers after the last probe, in seconds. */
  private static final int COOLDOWN_SECONDS = 3;

  private static final Duration START = Duration.ofSeconds(30);

  private final Ipv4Ranges targets;
  private final int port;
  private final int rate;
  private final Link link;
  private final StunMessage probe;

  /** Where the packets go out, and the hardware address of who takes them on. */
  public record Link(String device, String gateway) {
    public Link {
      if (!device.matches("[A-Za-z0-9_.:@-]{1,15}") || device.startsWith("-")) {
        throw new IllegalArgumentException("'" + device + "' names no network interface");
      }
      if (!gateway.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
        throw new IllegalArgumentException("'" + gateway + "' is no hardware address");
      }
    }
  }

  public ZmapSweep(Ipv4Ranges targets, int port, int rate, byte[] key, Link link) {
    this.targets = targets;
    this.port = port;
    this.rate = rate;
    this.link = link;
    // The same for all: ZMap itself tells by the ports who was asked.
    this.probe =
        new StunMessage(
            StunMessage.BINDING,
            StunMessage.Kind.REQUEST,
            Bytes.of(key).slice(0, 12),
            List.of(),
            false);
  }

  /** Whether it is installed. */
  public static boolean isInstalled() {
    return HostCommand.find("zmap").isPresent();
  }

  /** How long it may take, with good measure. */
  Duration limit() {
    return START.plusSeconds(COOLDOWN_SECONDS + 2 * targets.size() / rate);
  }

  List<String> command() {
    return List.of(
        "zmap",
        "-C",
        "/dev/null",
        "-b",
        "/dev/null",
        "-w",
        "/dev/stdin",
        "-M",
        "udp",
        "-p",
        String.valueOf(port),
        "--probe-args=hex:" + StunCodec.encode(probe).hex(),
        "-i",
        link.device(),
        "-G",
        link.gateway(),
        "-r",
        String.valueOf(rate),
        "-c",
        String.valueOf(COOLDOWN_SECONDS),
        "-q",
        "--disable-syslog",
        "-O",
        "csv",
        "-f",
        "saddr,sport,success,data",
        "--output-filter=success = 1 && repeat = 0",
        "-o",
        "-");
  }

  /** Cannot go on in the middle: begins anew whatever is {@code done}. */
  @Override
  public Result run(long done, Listener listener) throws IOException {
    String allowed =
        targets.prefixes().stream()
            .map(Ipv4Block::toString)
            .collect(Collectors.joining("\n", "", "\n"));
    HostCommand.Result result = HostCommand.tied(command(), allowed, limit(), MOST_OUTPUT);
    if (result.exitCode() != 0) {
      throw failure(result);
    }
    for (String line : result.stdout().split("\n")) {
      take(line, listener);
    }
    listener.progress(targets.size(), targets.size());
    return new Result(0, 0, "");
  }

  /** The host does not let ZMap send. */
  public static final class NotAllowedException extends IOException {
    private static final long serialVersionUID = 1;

    NotAllowedException(String why) {
      super(why);
    }
  }

  /** The last of its lines is why: "Nov 22 18:15:43.611 [FATAL] recv: could not open device". */
  static IOException failure(HostCommand.Result result) {
    List<String> lines = result.stderr().lines().filter(line -> !line.isBlank()).toList();
    String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1).replaceFirst("^.*?] ", "");
    String why = last.length() <= MOST_WORDS ? last : last.substring(0, MOST_WORDS);
    return NOT_ALLOWED.matcher(last).find()
        ? new NotAllowedException(why)
        : new IOException("ZMap failed with exit code %d: %s".formatted(result.exitCode(), why));
  }

  /** A line of its output; success is but a datagram from there. */
  private void take(String line, Listener listener) throws IOException {
    String[] fields = line.split(",", -1);
    if (fields.length < 4 || !fields[1].equals(String.valueOf(port))) {
      return;
    }
    try {
      long address = Ipv4Block.of(fields[0]).first();
      StunMessage answer = StunCodec.decode(Bytes.ofHex(fields[3].strip()));
      if (targets.contains(address)
          && answer.isBinding(StunMessage.Kind.SUCCESS)
          && answer.transactionId().equals(probe.transactionId())
          && answer.first(XorMappedAddress.class).isPresent()) {
        listener.hit(address);
      }
    } catch (MalformedBytesException | IllegalArgumentException noStun) {
      // Something else answers on that port.
    }
  }
}
