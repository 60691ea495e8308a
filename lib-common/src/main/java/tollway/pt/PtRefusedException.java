// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

/** The host asks for what we cannot do; the line tells it so, and then the process ends. */
public final class PtRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final String keyword;

  private PtRefusedException(String keyword, String why) {
    super(why);
    this.keyword = keyword;
  }

  /** The environment makes no sense. */
  static PtRefusedException environment(String why) {
    return new PtRefusedException("ENV-ERROR", why);
  }

  static PtRefusedException version() {
    return new PtRefusedException("VERSION-ERROR", "no-version");
  }

  /** A proxy that we were told to use is of no use to us. */
  static PtRefusedException proxy(String why) {
    return new PtRefusedException("PROXY-ERROR", why);
  }

  /** For the host, on stdout. */
  public String line() {
    return keyword + " " + getMessage();
  }
}
