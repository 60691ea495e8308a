// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.exec.Host;
import tollway.scrooge.lab.LabHost;
import tollway.scrooge.lab.LabNames;

/** {@code scrooge lab clean}. */
@Command(
    name = "clean",
    description = "Remove labs that were kept, or whose process was killed; not running ones.")
final class LabCleanCommand extends Subcommand {
  @Override
  public Integer call() throws IOException, CommandFailedException {
    LabHost.requireRoot();
    LabNames names = new LabNames(Host.real());
    List<String> labs = names.abandoned();
    for (String lab : labs) {
      names.remove(lab);
      io().err().println("scrooge: removed " + lab);
    }
    return ExitCode.DONE;
  }
}
