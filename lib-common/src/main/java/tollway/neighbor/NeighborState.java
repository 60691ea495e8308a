// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

/**
 * How far we are with a neighbour.
 *
 * <pre>
 *        hello           hello_confirm            we open, or scrooge_tunnel        handshake
 *  (—) ────────► SEEN ───────────────► CONFIRMED ────────────────────────► OPENING ──────────► TUNNEL
 *                                        ▲   ▲         no handshake in 10 s  │ ▲   new request   │ │
 *                                        │   └───────────────────────────────┘ └─────────────────┘ │
 *                                        └─────────────────────────────────────────────────────────┘
 *                                    no handshake for 180 s
 * </pre>
 *
 * From SEEN, CONFIRMED and a TUNNEL without fresh handshake, silence leads to being forgotten.
 */
public enum NeighborState {
  /** We hear it. */
  SEEN,

  /** It hears us, too. */
  CONFIRMED,

  /** A tunnel is being made; nothing is forwarded for it yet. */
  OPENING,

  /** A WireGuard handshake has proved who is at the other end: we forward for it. */
  TUNNEL
}
