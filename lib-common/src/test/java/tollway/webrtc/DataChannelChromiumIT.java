// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.nio.file.Path;
import java.util.List;
import tollway.lab.Browser;
import tollway.lab.Chromium;

final class DataChannelChromiumIT extends BrowserCases {
  @Override
  void require() {
    Chromium.require();
  }

  @Override
  Browser start(List<String> prefix, Path profile) throws Exception {
    return Chromium.start(prefix, profile, 800, 600);
  }
}
