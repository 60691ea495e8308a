// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

/** Each line as hosts parse it: a change here breaks them. */
final class PtLinesTest {
  private final StringWriter out = new StringWriter();
  private final PtLines lines = new PtLines(new PrintWriter(out, true));

  @Test
  void aClientSaysWhereItListens() {
    lines.version("1");
    lines.clientMethod(new InetSocketAddress(InetAddress.getLoopbackAddress(), 32525));
    lines.clientMethodsDone();
    assertThat(out)
        .hasToString("VERSION 1\nCMETHOD tollway socks5 127.0.0.1:32525\nCMETHODS DONE\n");
  }

  @Test
  void aServerSaysWhatPeopleNeed() throws Exception {
    lines.serverMethod(
        new InetSocketAddress(
            InetAddress.getByAddress(Bytes.ofHex("0".repeat(31) + "1").toArray()), 8470),
        List.of(new PtArgument("invite", "tollway1:aB-_")));
    lines.serverMethodsDone();
    assertThat(out)
        .hasToString("SMETHOD tollway [::1]:8470 ARGS:invite=tollway1:aB-_\nSMETHODS DONE\n");
  }

  @Test
  void errorsAreOneLineWhateverTheySay() {
    lines.clientMethodError("no\nsuch\0thing");
    lines.serverMethodError("caf\u00e9");
    assertThat(out)
        .hasToString("CMETHOD-ERROR tollway no?such?thing\nSMETHOD-ERROR tollway caf?\n");
  }

  @Test
  void whatIsForTheLogIsQuotedAndBounded() {
    lines.log(PtLines.Severity.WARNING, "a \"quoted\\\" thing\n");
    lines.connected();
    lines.disconnected("it broke");
    assertThat(out)
        .hasToString(
            """
            LOG SEVERITY=warning MESSAGE="a \\"quoted\\\\\\" thing?"
            STATUS TRANSPORT=tollway CONNECT=Success
            STATUS TRANSPORT=tollway CONNECT=Failed ERRSTR="it broke"
            """);
    out.getBuffer().setLength(0);
    lines.log(PtLines.Severity.NOTICE, "x".repeat(5000));
    assertThat(out.toString()).hasSizeLessThan(1100).endsWith("x\"\n");
  }
}
