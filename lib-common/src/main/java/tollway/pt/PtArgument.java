// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

/** One {@code key=value} between a host and its transport. */
public record PtArgument(String key, String value) {
  /** Values may be secrets. */
  @Override
  public String toString() {
    return "PtArgument(" + key + ")";
  }
}
