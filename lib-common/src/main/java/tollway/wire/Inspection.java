// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import java.util.List;
import java.util.Optional;

/**
 * What can be said about a message of any version, for people: nothing here makes it a {@link
 * LinkMessage}. {@code versions} are the forms it may have, the likeliest first; {@code rule} is
 * the one its signature matches, accepted or not; {@code fault} says why it is not a sound message
 * of its version, and {@code wireFault} why a neighbour of ours would not take it.
 */
public record Inspection(
    String type,
    List<String> versions,
    List<Field> fields,
    Optional<SigningRule> rule,
    Optional<Objection> fault,
    Optional<Objection> wireFault) {

  /** One part of a message. */
  public record Field(String name, String value) {}

  /** A reason code and a line for people. */
  public record Objection(Fault fault, String why) {
    static Objection of(MalformedMessageException malformed) {
      return new Objection(malformed.fault(), String.valueOf(malformed.getMessage()));
    }
  }

  private static final int SIGNATURE_DIGITS = 88;

  public Inspection {
    versions = List.copyOf(versions);
    fields = List.copyOf(fields);
  }

  /** The fault, unless it is only that the signature does not match. */
  public Optional<Objection> formFault() {
    boolean signatureHasItsForm =
        fields.stream()
            .anyMatch(
                field ->
                    field.name().equals("signature") && field.value().length() == SIGNATURE_DIGITS);
    return fault.filter(each -> each.fault() != Fault.BAD_SIGNATURE || !signatureHasItsForm);
  }
}
