// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.nio.file.Path;
import tollway.identity.NodeId;

/** What is said about a key: never the private half. */
record KeyReport(NodeId nodeId, Path file) {
  void print(PrintWriter out, boolean json) {
    if (!json) {
      out.println(nodeId.base64());
      return;
    }
    JsonObject report = new JsonObject();
    report.addProperty("publicKey", nodeId.base64());
    report.addProperty("publicKeyHex", nodeId.key().hex());
    report.addProperty("file", file.toString());
    out.println(report);
  }
}
