# SPDX-License-Identifier: Apache-2.0
"""A program that asks for much and reads nothing: scripts/bench slow-reader [SECONDS]     (600)

The whole chain on loopback, one person with two programs. One downloads without end: first to warm the JVMs up, then
alone, then beside another that has asked for a large file and reads 0 bytes a second of it, for SECONDS, then alone
again. One line of JSON: the rate of the good one beside the slow one against its rate alone (the mean of before and
after), how much each process grew meanwhile (VmRSS), and how much it did alone before.
"""

import contextlib
import json
import select
import signal
import sys
import tempfile
import threading
import time

from roles import SETTLE, Chain, number

GOAL_RATIO = 0.95
GOAL_MIB = 32
SIZE = 1 << 40
PIECE = 1 << 18
ROLES = ("desktop", "widget", "serve")


class Reader(threading.Thread):
    """Reads as fast as it comes."""

    def __init__(self, connection):
        super().__init__(daemon=True)
        self.connection, self.got = connection, 0
        self.start()

    def run(self):
        room = bytearray(PIECE)
        with contextlib.suppress(OSError):
            while count := self.connection.recv_into(room):
                self.got += count

    def rate(self, seconds, what):
        """MB/s over so many seconds."""
        print(f"bench: {what}, {seconds:.0f} s", file=sys.stderr)
        begun, before = time.monotonic(), self.got
        time.sleep(seconds)
        if not self.is_alive():
            raise SystemExit("bench: the download broke")
        return (self.got - before) / 1e6 / (time.monotonic() - begun)


def resident(chain):
    """VmRSS of each role, MiB."""
    sizes = {}
    for role in ROLES:
        with open(f"/proc/{chain.children[role].pid}/status") as status:
            sizes[role] = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))
    return sizes


def growth(before, after):
    return {role: round(after[role] - before[role], 1) for role in ROLES}


def main():
    seconds = number(__doc__, "slow-reader [SECONDS]      (5 or more)", 600, 5, 86_400)
    alone = max(5, min(60, seconds / 5))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as closing:
        chain = Chain(sys.argv[1], work, {"file": SIZE})
        closing.callback(chain.close)
        chain.begin()
        chain.desktop("desktop")
        chain.said("desktop", "connected")
        good = Reader(closing.enter_context(chain.ask("desktop", "file")))
        good.rate(alone, "warming up")
        cold = resident(chain)
        before = good.rate(alone, "alone")
        begun = resident(chain)
        with chain.ask("desktop", "file") as slow:
            if not select.select([slow], [], [], SETTLE)[0]:
                raise SystemExit("bench: nothing came for the slow one")
            beside = good.rate(seconds, "beside one that reads nothing")
            ended = resident(chain)
            slow.settimeout(SETTLE)
            answered = slow.recv(12).startswith(b"HTTP/1.1 200")
        after = good.rate(alone, "alone again")
        grown, ratio = growth(begun, ended), beside / ((before + after) / 2)
        print(json.dumps({
            "what": "slow reader", "seconds": seconds, "slow_one_served": answered,
            "alone_MBps": round(before, 1), "beside_MBps": round(beside, 1), "alone_again_MBps": round(after, 1),
            "ratio": round(ratio, 3), "goal_ratio": GOAL_RATIO,
            "rss_MiB": {role: round(size, 1) for role, size in ended.items()},
            "growth_MiB": grown, "growth_alone_MiB": growth(cold, begun), "goal_growth_MiB": GOAL_MIB,
            "met": answered and ratio >= GOAL_RATIO and max(grown.values()) <= GOAL_MIB,
        }), flush=True)


main()
