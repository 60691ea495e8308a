// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How {@link IgdMapping} asks the router. Each question is answered once, on the loop and in
 * bounded time, unless the wire is closed before.
 */
interface IgdWire {
  void search(Consumer<Optional<RouterPage>> found);

  void describe(RouterPage page, Consumer<List<IgdService>> described);

  /** Empty when the router is silent or talks nonsense. */
  void call(IgdService service, SoapCodec.Action action, Consumer<Optional<SoapAnswer>> answered);

  /** Whatever is being asked, nobody waits for it. Idempotent. */
  void close();
}
