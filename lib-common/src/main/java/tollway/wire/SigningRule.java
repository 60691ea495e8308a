// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tollway.bytes.Bytes;

/** Which bytes of a message its signature covers. */
public enum SigningRule {
  /** The text up to, not including, the space before the signature: what was always signed. */
  SPACED("spaced", " ", 0),

  /**
   * The fields joined without spaces, as the published description has it. Unsafe: digits may move
   * from the port to the sequence number under the same signature.
   */
  CONCAT("concat", "", 0),

  /** The same without the type. Unsafe besides: a hello can be turned into its confirmation. */
  CONCAT_FIELDS("concat-fields", "", 1);

  /** What is accepted unless somebody asks for more. */
  public static final Set<SigningRule> DEFAULT = Set.of(SPACED);

  private final String label;
  private final String separator;
  private final int from;

  SigningRule(String label, String separator, int from) {
    this.label = label;
    this.separator = separator;
    this.from = from;
  }

  /** The rule's name on the command line. */
  public String label() {
    return label;
  }

  public static Optional<SigningRule> ofLabel(String label) {
    return Arrays.stream(values()).filter(rule -> rule.label.equals(label)).findFirst();
  }

  /** The signed bytes of a message whose unsigned fields, type first, are {@code fields}. */
  Bytes signedBytes(List<String> fields) {
    return Bytes.ofUtf8(String.join(separator, fields.subList(from, fields.size())));
  }
}
