// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

final class InProcessBusTest extends BusContract {
  private final InProcessBus bus = new InProcessBus();

  @Override
  Bus join() {
    return bus.join();
  }
}
