// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.io.IOException;

/** The file is somebody else's, or a later version's: the operator chose the wrong one. */
public final class StoreUnfitException extends IOException {
  private static final long serialVersionUID = 1;

  StoreUnfitException(String line) {
    super(line);
  }
}
