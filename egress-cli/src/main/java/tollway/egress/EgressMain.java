// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import tollway.cli.CliIo;
import tollway.cli.Launcher;

/** Where the {@code egress} process starts and the only place that ends it. */
public final class EgressMain {
  private EgressMain() {}

  public static void main(String[] args) {
    System.exit(new Launcher("egress", EgressCommand::new).run(CliIo.ofProcess(), args));
  }
}
