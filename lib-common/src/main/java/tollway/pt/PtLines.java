// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import io.netty.util.NetUtil;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/** What the host reads of us on stdout, one line each (pt-spec §3.3). Any thread. */
public final class PtLines {
  /** How much the host's operator ought to care. */
  public enum Severity {
    WARNING,
    NOTICE
  }

  private static final int LIMIT = 1000;

  private final PrintWriter out;

  public PtLines(PrintWriter out) {
    this.out = out;
  }

  public void version(String version) {
    line("VERSION " + version);
  }

  public void refused(PtRefusedException why) {
    line(why.line());
  }

  /** Where the host connects to by SOCKS5. */
  public void clientMethod(InetSocketAddress at) {
    line("CMETHOD " + PtTask.TRANSPORT + " socks5 " + NetUtil.toSocketAddressString(at));
  }

  public void clientMethodError(String why) {
    line("CMETHOD-ERROR " + PtTask.TRANSPORT + " " + why);
  }

  public void clientMethodsDone() {
    line("CMETHODS DONE");
  }

  /** Where people come in, and what they need to know for it. */
  public void serverMethod(InetSocketAddress at, List<PtArgument> arguments) {
    line(
        "SMETHOD "
            + PtTask.TRANSPORT
            + " "
            + NetUtil.toSocketAddressString(at)
            + " ARGS:"
            + PtArguments.forClients(arguments));
  }

  public void serverMethodError(String why) {
    line("SMETHOD-ERROR " + PtTask.TRANSPORT + " " + why);
  }

  public void serverMethodsDone() {
    line("SMETHODS DONE");
  }

  /** For the host's log: nothing about the people who use it. */
  public void log(Severity severity, String message) {
    line(
        "LOG SEVERITY=" + severity.name().toLowerCase(Locale.ROOT) + " MESSAGE=" + quoted(message));
  }

  /** Whether there is a way to the egress. */
  public void connected() {
    line("STATUS TRANSPORT=" + PtTask.TRANSPORT + " CONNECT=Success");
  }

  public void disconnected(String why) {
    line("STATUS TRANSPORT=" + PtTask.TRANSPORT + " CONNECT=Failed ERRSTR=" + quoted(why));
  }

  /** A CString, as tor's control-spec §2.1.1 has it. */
  private static String quoted(String text) {
    return "\"" + text.replaceAll("[\\\\\"]", "\\\\$0") + "\"";
  }

  private void line(String text) {
    String ascii = text.replaceAll("[^ -~]", "?");
    out.println(ascii.length() <= LIMIT || ascii.startsWith("SMETHOD ") ? ascii : cut(ascii));
  }

  private static String cut(String line) {
    return line.substring(0, LIMIT) + (line.endsWith("\"") ? "\"" : "");
  }
}
