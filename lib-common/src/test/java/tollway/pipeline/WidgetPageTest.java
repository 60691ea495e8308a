// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import tollway.page.HtmlPage;

final class WidgetPageTest {
  /** People load it over the networks that they want to help others out of. */
  @Test
  void itIsShort() throws Exception {
    HtmlPage page = WidgetPage.load();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(page.html().toArray());
    }
    assertThat(packed.size()).isLessThan(60_000);
  }

  @Test
  void nothingIsLoadedFromElsewhere() throws Exception {
    String html =
        new String(WidgetPage.load().html().toArray(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(html).doesNotContain("/*style*/", "/*script*/").doesNotContainPattern("(src|href)=");
  }
}
