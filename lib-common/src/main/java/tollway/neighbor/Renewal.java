// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

/** What became of the wish for a new tunnel. */
public enum Renewal {
  /** It is being made. */
  BEGUN,
  /** There is one, and it was not to be replaced. */
  THERE,
  /** Nobody of that name is known. */
  UNKNOWN,
  /** The neighbour does not hear us. */
  UNHEARD,
  /** The operator has closed it. */
  CLOSED,
  /** Those who are trusted are listed, and it is not among them. */
  UNWELCOME,
  /** As many tunnels as there may be exist, or were just made. */
  BUSY
}
