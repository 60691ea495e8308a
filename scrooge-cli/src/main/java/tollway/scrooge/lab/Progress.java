// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

/** Who is told while a scenario runs. */
public interface Progress {
  void step(int number, int of, String what);

  void row(Report.Row row);

  /** A line that helps to understand a failure. */
  void note(String line);
}
