# SPDX-License-Identifier: Apache-2.0
"""What a STUN server costs that never answers: scripts/bench stun-blackhole [RUNS]     (9)

The whole chain on loopback, every role a process. A volunteer who has met nobody yet is there; a desktop is started, and
its proxy asked for a page: the time from the start of its process to the first byte. RUNS times where freddie names five
STUN servers that answer, and RUNS times where one of the five is a socket that only listens; in turns, each with a
volunteer and a desktop of its own, since both remember who was silent. Lines of JSON: the two, and the difference.
"""

import contextlib
import json
import pathlib
import signal
import socket
import statistics
import sys
import tempfile
import time

from roles import HERE, SETTLE, Chain, number

GOAL = 0.3
SERVERS = 5


class Side(Chain):
    """A chain without a volunteer yet, whose freddie names these STUN servers."""

    def __init__(self, binaries, work, servers):
        super().__init__(binaries, work, {"page": 5})
        self.servers, self.turn = servers, 0

    def begin(self):
        site = self.work / "www"
        site.mkdir()
        (site / "page").write_text("page\n")
        self.start("origin", "java", HERE / "Origin.java", "127.0.0.1", "0", site)
        self.start("freddie", self.bin / "freddie", "serve", "--listen", "127.0.0.1:0", "--json",
                   *[word for each in self.servers for word in ("--stun", each)])
        self.freddie = self.said("freddie", "ready")["url"]
        self.start("serve", self.bin / "egress", "serve", "--listen", "127.0.0.1:0", "--state", self.work / "state",
                   "--freddie", self.freddie, "--allow-private", "--json")
        self.invite = self.work / "invite"
        self.invite.write_text(self.said("serve", "ready")["invite"])
        self.origin = "127.0.0.1:" + self.said("origin")

    def run(self):
        """Seconds from the start of a desktop to the first byte of a page."""
        self.turn += 1
        widget, desktop = f"w{self.turn}", f"d{self.turn}"
        self.start(widget, self.bin / "egress", "widget", "--include-loopback", "--json", "--invite-file", self.invite)
        self.said(widget, "ready")
        begun = time.monotonic()
        self.desktop(desktop)
        with self.ask(desktop, "page") as connection:
            connection.settimeout(SETTLE)
            first = connection.recv(12)
            took = time.monotonic() - begun
        if not first.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"bench: no page, but {first!r}")
        for name in (desktop, widget):
            child = self.children.pop(name)
            child.terminate()
            child.wait()
        return took


def tell(what, took, **more):
    print(json.dumps({
        "what": what, "runs": len(took), "min_s": round(min(took), 3), "median_s": round(statistics.median(took), 3),
        "max_s": round(max(took), 3), **more}), flush=True)


def main():
    runs = number(__doc__, "stun-blackhole [RUNS]      (1 to 200)", 9, 1, 200)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    good = [f"127.0.0.{2 + i}:0" for i in range(SERVERS)]
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as closing:
        hole = closing.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        hole.bind(("127.0.0.9", 0))
        hole.setblocking(False)
        sides = []
        for name, servers in (
            ("all answer", good), ("one is a black hole", [*good[1:], f"{good[0]}=127.0.0.9:{hole.getsockname()[1]}"])
        ):
            (pathlib.Path(work) / name).mkdir()
            side = Side(sys.argv[1], pathlib.Path(work) / name, servers)
            closing.callback(side.close)
            side.begin()
            sides.append((side, []))
        asked = 0
        for turn in range(runs + 1):
            for side, took in sides:
                seconds = side.run()
                if turn > 0:  # The first warms files and freddie up.
                    took.append(seconds)
            with contextlib.suppress(BlockingIOError):
                while hole.recv(2048):
                    asked += 1
            print(f"bench: {turn} of {runs}", file=sys.stderr)
        if not asked:
            raise SystemExit("bench: nobody asked the black hole: this has measured nothing")
        (_, fine), (_, holed) = sides
        tell("first byte, five STUN servers answer", fine)
        tell("first byte, one of the five is a black hole", holed, questions_to_it=asked)
        more = statistics.median(holed) - statistics.median(fine)
        print(json.dumps({"what": "a black hole costs", "s": round(more, 3), "goal_s": GOAL, "met": more <= GOAL}))


main()
