# SPDX-License-Identifier: Apache-2.0
"""Many people at one volunteer at once: scripts/bench crowd [USERS]     (20)

One volunteer with USERS slots and as many desktops, each a process of its own, the whole chain on loopback. Each has
got a page before. Then two things are measured, five rounds of each, in lines of JSON:

  sessions up      every program asks its proxy for a page at the same moment: from there to the last first byte
  no session yet   the volunteer was paused, freddie counts everybody as waiting for one, and each program has asked
                   its proxy: from when the volunteer is told to resume to the last first byte, which is freddie's
                   matches, ICE, DTLS, SCTP, QUIC and HTTP for all at once. One round before is not counted

The desktops share the cores of this machine with all the rest, where people have computers of their own: the figures
are of both ends of that many handshakes on these cores, and an upper bound for the volunteer. A JVM that
has never done a handshake needs about a second of a core for its first: that is why each has got a page before.
"""

import contextlib
import json
import signal
import sys
import tempfile
import threading
import time

from roles import SETTLE, Chain, number

GOAL = 2.0
ROUNDS = 5
PATIENCE = 40
TOGETHER = 4


class Program(threading.Thread):
    """Asks for the page when all do, and waits for the first byte."""

    def __init__(self, chain, desktop, all_ask):
        super().__init__(daemon=True)
        self.chain, self.desktop, self.all_ask, self.at, self.asked = chain, desktop, all_ask, None, threading.Event()
        self.start()

    def run(self):
        with contextlib.suppress(OSError, threading.BrokenBarrierError):
            self.all_ask.wait(SETTLE)
            began = time.monotonic()
            with self.chain.ask(self.desktop, "page") as connection:
                self.asked.set()
                connection.settimeout(PATIENCE)
                first = connection.recv(12)
                at = time.monotonic()
                if first.startswith(b"HTTP/1.1 200"):
                    self.at = at
                else:
                    print(f"bench: {self.desktop} says {first.decode()} after {at - began:.1f} s", file=sys.stderr)


def first_bytes(chain, desktops, released):
    """Seconds from when all ask, or from when RELEASED has let the volunteer go, to each first byte."""
    everybody = threading.Barrier(len(desktops) + 1)
    programs = [Program(chain, each, everybody) for each in desktops]
    everybody.wait(SETTLE)
    begun = time.monotonic()
    if released:
        for each in programs:
            each.asked.wait(SETTLE)
        begun = time.monotonic()
        chain.widget("resume")
    for each in programs:
        each.join(SETTLE)
    # Who got no page in time did not get it later either.
    return sorted(PATIENCE if each.at is None else each.at - begun for each in programs)


def until_all_wait(chain, users):
    deadline = time.monotonic() + SETTLE
    while chain.waiting() < users:
        if time.monotonic() > deadline:
            raise SystemExit(f"bench: only {chain.waiting()} of {users} wait for a volunteer")
        time.sleep(0.05)


def tell(what, users, rounds):
    last = sorted(waits[-1] for waits in rounds)
    middle = sorted(waits[len(waits) // 2] for waits in rounds)
    print(json.dumps({
        "what": "crowd, " + what, "users": users, "rounds": len(rounds),
        "last_first_byte_s": round(last[len(last) // 2], 3), "worst_s": round(last[-1], 3),
        "median_first_byte_s": round(middle[len(middle) // 2], 3),
        "no_page": sum(wait == PATIENCE for waits in rounds for wait in waits), "goal_s": GOAL, "met": last[-1] <= GOAL,
    }), flush=True)


def main():
    users = number(__doc__, "crowd [USERS]      (1 to 200)", 20, 1, 200)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as closing:
        chain = Chain(sys.argv[1], work, {"page": 5})
        closing.callback(chain.close)
        chain.begin("--slots", users)
        desktops = [f"d{i}" for i in range(users)]
        for i in range(0, users, TOGETHER):
            together = desktops[i:i + TOGETHER]
            for each in together:
                chain.desktop(each)
            for each in together:
                chain.said(each, "connected")
                first_bytes(chain, [each], False)
            print(f"bench: {i + len(together)} of {users} desktops are there", file=sys.stderr)
        tell("sessions up", users, [first_bytes(chain, desktops, False) for _ in range(ROUNDS)])
        rounds = []
        for _ in range(ROUNDS + 1):
            chain.widget("pause")
            until_all_wait(chain, users)
            rounds.append(first_bytes(chain, desktops, True))
        tell("no session yet", users, rounds[1:])


main()
