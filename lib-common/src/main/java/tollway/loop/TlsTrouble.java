// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;

/** Why TLS failed, in words for people: the JDK's name its classes. */
public final class TlsTrouble {
  private TlsTrouble() {}

  public static String text(Throwable failure) {
    return "TLS failed: " + why(failure);
  }

  private static String why(Throwable failure) {
    String said = String.valueOf(failure.getMessage());
    for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof NotSslRecordException) {
        return "who answers there does not speak it"; // Its message is all that was said, in hex.
      }
      if (each instanceof CertPathBuilderException) {
        return "nobody whom this host trusts vouches for the certificate";
      }
      if (each instanceof CertificateExpiredException) {
        return "the certificate has expired, or the clock here is wrong";
      }
      if (each instanceof CertificateNotYetValidException) {
        return "the certificate is not valid yet, or the clock here is wrong";
      }
      if (each instanceof CertificateException
          && String.valueOf(each.getMessage()).startsWith("No ")) {
        return "the certificate is for another name"; // "No … matching … found"
      }
    }
    return said;
  }
}
