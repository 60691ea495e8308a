// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.seqno.SeqnoSource;
import tollway.wire.LinkCodec;
import tollway.wire.MalformedMessageException;

/** {@code scrooge msg format}. */
@Command(
    name = "format",
    description = "Print the unsigned text of a message; 'msg sign' signs it.",
    footer = {
      "",
      "Example:",
      "  scrooge msg format hello --address '[fe80::1%%eth0]:8481' | scrooge msg sign"
    })
final class MsgFormatCommand extends Subcommand {
  @Parameters(paramLabel = "TYPE", description = "hello, hello_confirm, tunnel or tunnel_confirm.")
  private String type = "";

  @Option(
      names = "--address",
      required = true,
      paramLabel = "ADDRESS:PORT",
      description = "The control address of a hello, the tunnel endpoint of a tunnel.")
  private String address = "";

  @Option(
      names = "--tunnel-key",
      paramLabel = "BASE64",
      description = "The tunnel's WireGuard public key.")
  private @Nullable String tunnelKey;

  @Option(
      names = "--seqno",
      paramLabel = "NUMBER",
      description = "The sequence number (default: the clock in microseconds).")
  private @Nullable String seqno;

  @Option(
      names = "--public-key",
      paramLabel = "BASE64",
      description = "Who it is from (default: the owner of --key).")
  private @Nullable String publicKey;

  @Mixin private KeyOption key = new KeyOption();

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException, CommandFailedException {
    List<String> fields = fields();
    String text;
    try {
      text = LinkCodec.checkUnsigned(String.join(" ", fields));
    } catch (MalformedMessageException unfit) {
      throw Refusal.of(unfit);
    }
    if (json) {
      JsonObject report = new JsonObject();
      report.addProperty("unsigned", text);
      io().out().println(report);
    } else {
      io().out().println(text);
    }
    return ExitCode.DONE;
  }

  private List<String> fields() throws IOException, MalformedBytesException {
    boolean tunnel = type.startsWith("tunnel");
    if (tunnel != (tunnelKey != null)) {
      throw new UserErrorException(
          tunnel ? "a tunnel needs --tunnel-key" : "--tunnel-key is for tunnels only");
    }
    List<String> fields = new ArrayList<>(List.of("scrooge_" + type, sender()));
    if (tunnelKey != null) {
      fields.add(tunnelKey);
    }
    fields.add(address);
    fields.add(seqno == null ? Long.toUnsignedString(SeqnoSource.ofClock(Instant.now())) : seqno);
    return fields;
  }

  private String sender() throws IOException, MalformedBytesException {
    return publicKey == null ? key.load(io()).nodeId().base64() : publicKey;
  }
}
