// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command below the root: finds the process's streams there and returns an exit code. */
public abstract class Subcommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /** The streams and environment that the root command was given. */
  protected final CliIo io() {
    return ((RootCommand) Objects.requireNonNull(spec).root().userObject()).io();
  }

  /** One of {@link ExitCode}'s codes. */
  @Override
  public abstract Integer call()
      throws java.io.IOException,
          tollway.bytes.MalformedBytesException,
          CommandFailedException,
          InterruptedException;
}
