// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tollway.exec.Host;

/**
 * What labs are called: {@code twl}, the process that made them, and something random. Everything
 * of a lab carries its name, so that it can be removed by somebody who knows nothing else.
 */
public final class LabNames {
  private static final Pattern SPACE = Pattern.compile("(twl([0-9]{1,10})[a-z]{2})-(n|h|m)[0-9]*");
  private static final Pattern DIRECTORY =
      Pattern.compile("tollway-lab-(twl([0-9]{1,10})[a-z]{2})");
  private static final Path TEMPORARY = Path.of("/tmp"); // Short: a socket's path has 107 bytes.

  private final Host host;

  public LabNames(Host host) {
    this.host = host;
  }

  static String fresh() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "twl"
        + ProcessHandle.current().pid()
        + (char) ('a' + random.nextInt(26))
        + (char) ('a' + random.nextInt(26));
  }

  static Path directory(String lab) {
    return TEMPORARY.resolve("tollway-lab-" + lab);
  }

  /** Fails when somebody else has made it. */
  static Path createDirectory(String lab) throws IOException {
    return Files.createDirectory(
        directory(lab),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Labs whose process is gone: it was killed, or told to keep them. */
  public List<String> abandoned() throws IOException {
    TreeSet<String> labs = new TreeSet<>();
    for (String space : spaces()) {
      add(labs, SPACE.matcher(space));
    }
    try (Stream<Path> entries = Files.list(TEMPORARY)) {
      for (Path entry : entries.toList()) {
        if (isOurs(entry)) {
          add(labs, DIRECTORY.matcher(String.valueOf(entry.getFileName())));
        }
      }
    }
    return List.copyOf(labs);
  }

  /** In a directory of everybody's, a name proves nothing. */
  private static boolean isOurs(Path directory) throws IOException {
    return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(Path.of("/proc/self")));
  }

  private static void add(Set<String> labs, Matcher name) throws IOException {
    if (name.matches() && !isLab(name.group(2))) {
      labs.add(name.group(1));
    }
  }

  /** Process numbers are used again: the process must be a lab. */
  private static boolean isLab(String pid) {
    try {
      byte[] command = Files.readAllBytes(Path.of("/proc", pid, "cmdline"));
      return new String(command, StandardCharsets.UTF_8).contains("\0lab\0");
    } catch (IOException gone) {
      return false;
    }
  }

  private List<String> spaces() throws IOException {
    return host.run(List.of("ip", "netns", "list"))
        .lines()
        .map(line -> line.split(" ")[0])
        .filter(name -> SPACE.matcher(name).matches())
        .toList();
  }

  /** Ends everything of a lab, whoever made it. */
  public void remove(String lab) throws IOException {
    for (String space : spaces()) {
      if (space.startsWith(lab + "-")) {
        new Space(host, space).remove();
      }
    }
    if (isOurs(directory(lab))) {
      Files.walkFileTree(directory(lab), new Removal());
    }
  }
}
