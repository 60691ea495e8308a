// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.io.IOException;
import tollway.page.HtmlPage;

/**
 * The volunteer in a browser: a page that does what {@link Widget} does, by its own WebRTC and
 * WebSockets. It takes the invite from the fragment of its address, which no server sees.
 */
public final class WidgetPage {
  static final String URL_PATH = "/widget";

  private WidgetPage() {}

  public static HtmlPage load() throws IOException {
    return HtmlPage.load(WidgetPage.class, "widget", "ws: wss: http: https:");
  }
}
