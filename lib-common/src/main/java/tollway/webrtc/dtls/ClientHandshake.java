// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import org.bouncycastle.tls.DTLSClientProtocol;

/** Bouncy Castle's, but extensions come in our order; it puts those without a body first. */
final class ClientHandshake extends DTLSClientProtocol {
  private final Hello hello;

  ClientHandshake(Hello hello) {
    this.hello = hello;
  }

  @Override
  protected byte[] generateClientHello(ClientHandshakeState state) throws IOException {
    return hello.inOrder(super.generateClientHello(state));
  }
}
