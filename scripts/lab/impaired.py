# SPDX-License-Identifier: Apache-2.0
"""The chain over bad wires: scripts/bench impaired [ROW ...]

Each volunteer is joined to the person by a wire of its own (scripts/lab/wire); another leads to freddie. The
volunteers' way to the exit, and the exit's to the site, are good. Prints one JSON line for each row; a rate is
that of a download without its first byte's wait, in 10^6 bytes a second, the median of the rounds after three that
warm up the JVMs and are not counted.

ROW is NAME or RTT_MS/LOSS_PERCENT/RATE_MBIT/STREAMS[/VOLUNTEERS[/bond]]: 50/1/0/1 is one download over one
volunteer at 50 ms and 1 % loss each way; 50/1/20/1/3/bond bonds three wires of 20 Mbit/s.
"""

import contextlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from roles import HERE, Roles

ROUNDS = 7
WARM_UP = 3


class Lab(Roles):
    """Namespaces, wires and the roles of the chain in them."""

    def __init__(self, binaries, work, rtt, loss, rate, volunteers):
        super().__init__(binaries, work)
        self.prefix = f"twi{os.getpid()}"
        self.rtt, self.loss, self.rate, self.volunteers = rtt, loss, rate, volunteers
        self.names = ["home", "net"] + [f"v{i}" for i in range(volunteers)]

    def namespace(self, name):
        return f"{self.prefix}-{name}"

    def ip(self, *arguments):
        subprocess.run(["ip", *arguments], check=True)

    def start(self, name, namespace, *command):
        inside = ["ip", "netns", "exec", self.namespace(namespace)] if namespace else []
        super().start(name, *inside, *command)

    def build(self):
        for name in self.names:
            self.ip("netns", "add", self.namespace(name))
            self.ip("-n", self.namespace(name), "link", "set", "lo", "up")
        kind = f"{self.rtt / 2},{self.loss},{self.rate},{max(64, self.rate * 25)}"
        specs = [f"{self.namespace('home')}:wn,{self.namespace('net')}:wn,{self.rtt / 2},0,0,0"]
        for i in range(self.volunteers):
            specs.append(f"{self.namespace('home')}:w{i},{self.namespace(f'v{i}')}:w{i},{kind}")
        self.start("wire", None, HERE / "wire", *specs)
        self.said("wire")
        self.address("home", "wn", "10.65.0.1/24")
        self.address("net", "wn", "10.65.0.2/24")
        for i in range(self.volunteers):
            self.address("home", f"w{i}", f"10.66.{i}.1/24")
            self.address(f"v{i}", f"w{i}", f"10.66.{i}.2/24")
            self.ip("link", "add", f"n{i}", "netns", self.namespace("net"), "type", "veth",
                    "peer", "name", "road", "netns", self.namespace(f"v{i}"))
            self.address("net", f"n{i}", f"10.67.{i}.1/24")
            self.address(f"v{i}", "road", f"10.67.{i}.2/24")
            self.ip("-n", self.namespace(f"v{i}"), "route", "add", "10.65.0.0/24", "via", f"10.67.{i}.1")

    def address(self, name, interface, address):
        self.ip("-n", self.namespace(name), "addr", "add", address, "dev", interface)
        self.ip("-n", self.namespace(name), "link", "set", interface, "up")

    def chain(self, site, *desktop):
        self.start("origin", "net", "java", HERE / "Origin.java", "127.0.0.1", "0", site)
        self.start("freddie", "net", self.bin / "freddie", "serve", "--listen", "10.65.0.2:8480",
                   "--stun", "10.65.0.2:3478", "--json")
        self.said("freddie", "ready")
        self.start("egress", "net", self.bin / "egress", "serve", "--listen", "10.65.0.2:8470", "--state",
                   self.work / "state", "--freddie", "http://10.65.0.2:8480", "--allow-private", "--json")
        invite = self.work / "invite"
        invite.write_text(self.said("egress", "ready")["invite"])
        for i in range(self.volunteers):
            self.start(f"v{i}", f"v{i}", self.bin / "egress", "widget", "--json", "--invite-file", invite)
            self.said(f"v{i}", "ready")
        self.start("desktop", "home", self.bin / "egress", "desktop", "--listen", "127.0.0.1:0", "--json",
                   "--invite-file", invite, *desktop)
        self.said("desktop", "connected")
        for i in range(self.volunteers if desktop else 0):
            self.said(f"v{i}", "helping")
        self.proxy = "socks5h://" + self.said("desktop", "listening")["proxy"]
        self.origin = "http://127.0.0.1:" + self.said("origin")

    def fetch(self, name, target="/dev/null", streams=1):
        """Downloads that run and begin together; a line of the output is first byte, total, bytes of one."""
        return subprocess.Popen(
            ["ip", "netns", "exec", self.namespace("home"), "curl", "-fsS", "--max-time", "300", "--proxy", self.proxy,
             "--no-progress-meter", "-Z", "--parallel-immediate", "--parallel-max", str(streams),
             "-w", "%{time_starttransfer} %{time_total} %{size_download}\\n",
             *["-o", target, f"{self.origin}/{name}"] * streams],
            stdout=subprocess.PIPE, text=True)

    def received(self):
        """Bytes that came over the volunteers' wires, with the IP headers."""
        each = []
        for i in range(self.volunteers):
            shown = subprocess.run(["ip", "-n", self.namespace("home"), "-j", "-s", "link", "show", f"w{i}"],
                                   check=True, capture_output=True, text=True).stdout
            each.append(json.loads(shown)[0]["stats64"]["rx"]["bytes"])
        return each

    def close(self):
        super().close()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", self.namespace(name)], stderr=subprocess.DEVNULL, check=False)


def together(lab, name, streams):
    """Rates of so many downloads at once: each one's, and that of all."""
    begun = time.monotonic()
    running = lab.fetch(name, streams=streams)
    lines = running.communicate()[0].splitlines()
    took = time.monotonic() - begun
    if running.returncode != 0 or len(lines) != streams:
        raise SystemExit(f"bench: a download failed (curl {running.returncode})")
    each = [tuple(map(float, line.split())) for line in lines]
    return [size / 1e6 / max(1e-9, total - first) for first, total, size in each], sum(e[2] for e in each) / 1e6 / took


def jain(values):
    return sum(values) ** 2 / (len(values) * sum(v * v for v in values))


def row(binaries, spec):
    fields = spec.split("/")
    rtt, loss, rate = float(fields[0]), float(fields[1]), float(fields[2])
    streams, volunteers = int(fields[3]), int(fields[4]) if len(fields) > 4 else 1
    bond = fields[5:] == ["bond"]
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as closing:
        site = pathlib.Path(work, "www")
        site.mkdir()
        expected = rate / 8 * (volunteers if bond else 1) if rate else 10
        size = int(max(4, min(40, expected * 4)) * 1e6)
        (site / "file").write_bytes(os.urandom(max(250_000, size // streams)))
        (site / "page").write_text("page\n")
        lab = Lab(binaries, work, rtt, loss, rate, volunteers)
        closing.callback(lab.close)
        lab.build()
        options = ["--paths", volunteers] + (["--bond"] if bond else [])
        lab.chain(site, *options)
        for _ in range(WARM_UP):
            together(lab, "file", streams)
        waits = [float(lab.fetch("page").communicate()[0].split()[0]) for _ in range(20)]
        fetched = lab.received()
        results = [together(lab, "file", streams) for _ in range(ROUNDS)]
        payload = ROUNDS * streams * (site / "file").stat().st_size
        moved = [(after - before) / payload for before, after in zip(fetched, lab.received())]
        single = [rates[0] for rates, _ in results]
        answer = {
            "rtt_ms": rtt, "loss_percent": loss, "rate_mbit": rate, "streams": streams, "volunteers": volunteers,
            "bond": bond, "MBps": round(statistics.median(single if streams == 1 else [w for _, w in results]), 2),
            "each": [round(v, 2) for v in (single if streams == 1 else [w for _, w in results])],
            "wire_bytes_per_byte": round(sum(moved), 3), "first_byte_ms": round(statistics.median(waits) * 1000, 1),
        }
        if volunteers > 1:
            answer["each_wire"] = [round(v, 3) for v in moved]
        if streams > 1:
            answer["jain"] = round(statistics.median(jain(rates) for rates, _ in results), 3)
        print(json.dumps(answer), flush=True)


ALL = ["0/0/0/1", "50/0/0/1", "100/0/0/1", "50/1/0/1", "50/3/0/1", "100/1/0/1", "50/0/20/1", "50/1/20/1", "50/3/20/1",
       "50/0/20/16", "50/0/20/128", "50/1/0/1/3/bond"]


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__ + "\nWithout ROW: " + " ".join(ALL))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for spec in sys.argv[2:] or ALL:
        row(sys.argv[1], spec)


main()
