// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** Where the {@code scrooge} process starts and the only place that ends it. */
public final class ScroogeMain {
  private ScroogeMain() {}

  public static void main(String[] args) {
    System.exit(new Launcher("scrooge", ScroogeCommand::new).run(CliIo.ofProcess(), args));
  }
}
