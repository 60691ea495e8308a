// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetSocketAddress;
import java.util.List;
import tollway.bytes.Bytes;

/**
 * One attribute of a STUN message (RFC 8489 §14, RFC 8445 §16.1, RFC 5780 §7). The signature and
 * the fingerprint are no attributes here: the codec makes and checks them.
 */
public sealed interface StunAttribute {
  <R> R accept(Visitor<R> visitor);

  /** The address that a request came from, hidden from middleboxes (RFC 8489 §14.2). */
  record XorMappedAddress(InetSocketAddress address) implements StunAttribute {
    public XorMappedAddress {
      requireResolved(address);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The same in clear, as servers before RFC 5389 said it (RFC 8489 §14.1). */
  record MappedAddress(InetSocketAddress address) implements StunAttribute {
    public MappedAddress {
      requireResolved(address);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** RFC 8489 §14.3: at most 508 bytes of UTF-8. */
  record Username(String name) implements StunAttribute {
    static final int MOST_BYTES = 508;

    public Username {
      if (Bytes.ofUtf8(name).size() > MOST_BYTES) {
        throw new IllegalArgumentException("a user name longer than 508 bytes");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Why a request was refused (RFC 8489 §14.8): 300 to 699. */
  record ErrorCode(int code, String reason) implements StunAttribute {
    static final int MOST_REASON_BYTES = 762;
    public static final int BAD_REQUEST = 400;
    public static final int UNAUTHENTICATED = 401;
    public static final int UNKNOWN_ATTRIBUTE = 420;
    public static final int ROLE_CONFLICT = 487;

    public ErrorCode {
      if (code < 300 || code > 699) {
        throw new IllegalArgumentException("a STUN error code is 300 to 699, not " + code);
      }
      if (Bytes.ofUtf8(reason).size() > MOST_REASON_BYTES) {
        throw new IllegalArgumentException("a reason longer than 762 bytes");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The types that made a server answer 420 (RFC 8489 §14.9). */
  record UnknownAttributes(List<Integer> types) implements StunAttribute {
    public UnknownAttributes {
      types = List.copyOf(types);
      if (types.stream().anyMatch(type -> type < 0 || type > 0xffff)) {
        throw new IllegalArgumentException("an attribute type has 16 bits");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** What the sender's side of this pair would be worth as a candidate (RFC 8445 §7.1.1). */
  record Priority(long value) implements StunAttribute {
    public Priority {
      if (value < 0 || value > 0xffff_ffffL) {
        throw new IllegalArgumentException("a priority has 32 bits");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The controlling side takes this pair (RFC 8445 §7.1.2). */
  record UseCandidate() implements StunAttribute {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The sender believes that the other side controls (RFC 8445 §7.1.3). */
  record IceControlled(long tieBreaker) implements StunAttribute {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The sender believes that it controls (RFC 8445 §7.1.3). */
  record IceControlling(long tieBreaker) implements StunAttribute {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The sender's program (RFC 8489 §14.14): at most 762 bytes of UTF-8. */
  record Software(String description) implements StunAttribute {
    static final int MOST_BYTES = 762;

    public Software {
      if (Bytes.ofUtf8(description).size() > MOST_BYTES) {
        throw new IllegalArgumentException("a software description longer than 762 bytes");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** From which of its other addresses a server is to answer (RFC 5780 §7.2). */
  record ChangeRequest(boolean address, boolean port) implements StunAttribute {
    /** Must be understood, which only a server with two addresses can claim (RFC 5780 §6.1). */
    public static final int TYPE = 0x0003;

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Where an answer was sent from (RFC 5780 §7.3). */
  record ResponseOrigin(InetSocketAddress address) implements StunAttribute {
    public ResponseOrigin {
      requireResolved(address);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Where an answer to a {@link ChangeRequest} for both would come from (RFC 5780 §7.4). */
  record OtherAddress(InetSocketAddress address) implements StunAttribute {
    public OtherAddress {
      requireResolved(address);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** An attribute that we know nothing about. */
  record Other(int type, Bytes value) implements StunAttribute {
    public Other {
      if (type < 0 || type > 0xffff) {
        throw new IllegalArgumentException("an attribute type has 16 bits");
      }
    }

    /** RFC 8489 §14: types below 0x8000 must be understood. */
    public boolean isRequired() {
      return type < 0x8000;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** One method per attribute. */
  interface Visitor<R> {
    R visit(XorMappedAddress attribute);

    R visit(MappedAddress attribute);

    R visit(Username attribute);

    R visit(ErrorCode attribute);

    R visit(UnknownAttributes attribute);

    R visit(Priority attribute);

    R visit(UseCandidate attribute);

    R visit(IceControlled attribute);

    R visit(IceControlling attribute);

    R visit(Software attribute);

    R visit(ChangeRequest attribute);

    R visit(ResponseOrigin attribute);

    R visit(OtherAddress attribute);

    R visit(Other attribute);
  }

  private static void requireResolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("an unresolved address");
    }
  }
}
