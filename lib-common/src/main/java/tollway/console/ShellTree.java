// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tollway.cli.CliIo;

/**
 * What a shell is made of.
 *
 * @param binary its name
 * @param root makes its command tree
 * @param outside what makes no sense inside, such as {@code run}: words, or the words of a command
 *     below another with a space between
 * @param control where the daemon listens that is meant when a line does not say; empty when each
 *     command finds its own
 * @param known what a parameter may be, by its label, besides what the tree tells
 */
public record ShellTree(
    String binary,
    Function<CliIo, Object> root,
    Set<String> outside,
    Optional<Path> control,
    Function<String, List<String>> known) {
  public ShellTree {
    outside = Set.copyOf(outside);
  }
}
