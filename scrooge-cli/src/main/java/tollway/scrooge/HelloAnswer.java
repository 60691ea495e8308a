// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.time.Duration;
import tollway.wire.LinkMessage;

/** What a neighbour said that verified: a confirmation, or a hello of its own. */
record HelloAnswer(LinkMessage message, String controlAddress, String on, Duration after) {
  boolean isConfirm() {
    return message instanceof LinkMessage.HelloConfirm;
  }

  String line() {
    return "%s  %-7s  %s  on %s  after %d ms"
        .formatted(
            message.sender(),
            isConfirm() ? "confirm" : "hello",
            controlAddress,
            on,
            after.toMillis());
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("publicKey", message.sender().base64());
    json.addProperty("said", isConfirm() ? "hello_confirm" : "hello");
    json.addProperty("controlAddress", controlAddress);
    json.addProperty("seqnum", Long.toUnsignedString(message.seqno()));
    json.addProperty("interface", on);
    json.addProperty("millis", after.toMillis());
    return json;
  }
}
