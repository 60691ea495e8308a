// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** Where the {@code netstate} process starts and the only place that ends it. */
public final class NetstateMain {
  private NetstateMain() {}

  public static void main(String[] args) {
    System.exit(new Launcher("netstate", NetstateCommand::new).run(CliIo.ofProcess(), args));
  }
}
