// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The scrooge that runs right now, as a command line for more of them: small ones. */
public final class DaemonProgram {
  private final List<String> command;

  private DaemonProgram(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** {@code mainClass} is on our own class path. */
  public static DaemonProgram ofThisProcess(String mainClass) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:CICompilerCount=1",
            "-XX:-UsePerfData",
            "-Xms8m",
            "-Xmx40m",
            "-Xss512k",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:MaxDirectMemorySize=16m"));
    byte[] own = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    for (String argument : new String(own, StandardCharsets.UTF_8).split("\0")) {
      if (isAboutTheArchive(argument)) {
        command.add(argument);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    return new DaemonProgram(command);
  }

  /** The class-data archive, and what a newer JVM must be told to stay quiet. */
  private static boolean isAboutTheArchive(String argument) {
    return argument.startsWith("-XX:SharedArchiveFile=")
        || argument.startsWith("-XX:AOTCache=")
        || argument.startsWith("-Xlog:")
        || argument.startsWith("--enable-native-access=")
        || argument.startsWith("--sun-misc-unsafe-memory-access=");
  }

  List<String> command(List<String> arguments) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(arguments);
    return whole;
  }
}
