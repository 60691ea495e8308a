// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** Where the {@code freddie} process starts and the only place that ends it. */
public final class FreddieMain {
  private FreddieMain() {}

  public static void main(String[] args) {
    System.exit(new Launcher("freddie", FreddieCommand::new).run(CliIo.ofProcess(), args));
  }
}
