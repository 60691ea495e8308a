// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.capture.CaptureReader;
import tollway.capture.CapturedPacket;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.files.NamedFile;

/** {@code scrooge decode}. */
@Command(
    name = "decode",
    description = "Find the messages in recorded traffic and verify each.",
    footer = {
      "",
      "Reads pcap and pcapng (tcpdump, dumpcap), and hex: what 'xxd' or 'tcpdump -x'",
      "prints, or lines of nothing but hex digits, a packet on each. Messages are found",
      "on any port and verify in every form they ever had. Beside the verdict stands",
      "what is odd about a message that verifies: 'repeats' another, its number 'goes",
      "back', or 'locks' its sender out: no later message can have a higher number",
      "for years. A message that was recorded in part cannot verify.",
      "",
      "Exit code 4: a message is invalid or cut, or the file cannot be read to its end.",
      "",
      "Example:",
      "  tcpdump -i eth0 -w - udp | scrooge decode -"
    })
final class DecodeCommand extends Subcommand {
  @Parameters(paramLabel = "FILE", description = "The recording; '-' for standard input.")
  private String file = "";

  @Mixin private AcceptSigning acceptSigning = new AcceptSigning();

  @Option(names = "--all", description = "Print packets that hold no message as well.")
  private boolean all;

  @Option(names = "--json", description = "Print a JSON object for each message.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    Decoding decoding = new Decoding(acceptSigning.rules());
    if (file.equals("-")) {
      decode(io().in(), decoding);
    } else {
      try (InputStream in = NamedFile.open(Path.of(file))) {
        decode(in, decoding);
      }
    }
    if (!decoding.sound()) {
      throw new CommandFailedException(ExitCode.INVALID, decoding.summary());
    }
    io().err().println("scrooge: " + decoding.summary());
    return ExitCode.DONE;
  }

  private void decode(InputStream in, Decoding decoding)
      throws IOException, CommandFailedException {
    try {
      CaptureReader reader = CaptureReader.open(in);
      for (Optional<CapturedPacket> packet = reader.next();
          packet.isPresent() && !io().out().checkError();
          packet = reader.next()) {
        Decoded decoded = decoding.decode(packet.get());
        if (all || decoded.isMessage()) {
          io().out().println(json ? decoded.json() : decoded.line());
        }
      }
    } catch (MalformedBytesException damaged) {
      throw new CommandFailedException(
          ExitCode.INVALID,
          "%s: %s (after %s)".formatted(file, damaged.getMessage(), decoding.summary()));
    }
  }
}
