// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

/**
 * What a client posts.
 *
 * @param sendTo {@link #GENESIS_ADDRESS}, or the id of the post that this answers
 * @param data JSON of the kind that {@code type} demands
 */
public record V1Post(V1Type type, String sendTo, String data) {
  /** To whom producers advertise themselves. */
  public static final String GENESIS_ADDRESS = "genesis";

  /** The longest form that is read, in bytes. */
  public static final int FORM_LIMIT = 64 << 10;

  /** The longest {@code data} of a genesis, in characters: strangers are sent it. */
  public static final int GENESIS_LIMIT = 8 << 10;

  /** The longest message that is made of a post, in bytes. */
  public static final int MESSAGE_LIMIT = 128 << 10;
}
