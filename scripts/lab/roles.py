# SPDX-License-Identifier: Apache-2.0
"""The roles of the chain as processes, for the benchmarks beside this file."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SETTLE = 60


def number(text, usage, default, least, most):
    """The one argument that a benchmark takes; says TEXT when asked for help."""
    given = sys.argv[2:]
    if given in (["-h"], ["--help"]):
        print(text)
        sys.exit()
    if not given:
        return default
    if len(given) > 1 or not given[0].isascii() or not given[0].isdigit() or not least <= int(given[0]) <= most:
        print(f"usage: scripts/bench {usage}", file=sys.stderr)
        sys.exit(2)
    return int(given[0])


class Roles:
    """Processes that print lines of JSON, each with a runtime directory of its own."""

    def __init__(self, binaries, work):
        self.bin, self.work, self.children = pathlib.Path(binaries), pathlib.Path(work), {}

    def start(self, name, *command):
        output = open(self.work / f"{name}.out", "wb")
        errors = open(self.work / f"{name}.log", "wb")
        self.children[name] = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            env={**os.environ, "XDG_RUNTIME_DIR": str(self.work / "run" / name)},
        )

    def said(self, name, event=None, times=1):
        """The last line of NAME, or its last JSON object with this event once it came so often; waits for it."""
        deadline = time.monotonic() + SETTLE
        while time.monotonic() < deadline:
            lines = (self.work / f"{name}.out").read_text().splitlines()
            if event is None and lines:
                return lines[-1]
            found = [fields for fields in map(json.loads, lines) if event and fields.get("event") == event] if event else []
            if len(found) >= times:
                return found[-1]
            time.sleep(0.02)
        raise SystemExit(f"bench: {name} did not say {event or 'anything'} within {SETTLE} s; see its log:\n"
                         + (self.work / f"{name}.log").read_text()[-800:])

    def close(self):
        for child in self.children.values():
            child.kill()
        for child in self.children.values():
            child.wait()


class Chain(Roles):
    """On loopback: freddie, an egress, one volunteer and a site that has FILES, a name and its length each."""

    def __init__(self, binaries, work, files):
        super().__init__(binaries, work)
        self.files = files

    def begin(self, *widget):
        site = self.work / "www"
        site.mkdir()
        for name, size in self.files.items():
            with open(site / name, "wb") as file:
                file.truncate(size)  # Zeros that take no place on the disk.
        self.start("origin", "java", HERE / "Origin.java", "127.0.0.1", "0", site)
        self.start("freddie", self.bin / "freddie", "serve", "--listen", "127.0.0.1:0", "--stun", "127.0.0.1:0", "--json")
        self.freddie = self.said("freddie", "ready")["url"]
        self.start("serve", self.bin / "egress", "serve", "--listen", "127.0.0.1:0", "--state", self.work / "state",
                   "--freddie", self.freddie, "--allow-private", "--json")
        self.invite = self.work / "invite"
        self.invite.write_text(self.said("serve", "ready")["invite"])
        self.start("widget", self.bin / "egress", "widget", "--include-loopback", "--json", "--invite-file", self.invite,
                   "--control", self.work / "control", *widget)
        self.said("widget", "ready")
        self.origin = "127.0.0.1:" + self.said("origin")

    def desktop(self, name):
        self.start(name, self.bin / "egress", "desktop", "--paths", "1", "--listen", "127.0.0.1:0", "--include-loopback",
                   "--json", "--invite-file", self.invite)

    def widget(self, command):
        """A command for the volunteer over its control socket."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.work / "control"))
            control.sendall(json.dumps({"command": command, "arguments": {}}).encode() + b"\n")
            return json.loads(control.makefile().readline())

    def waiting(self):
        """People who have asked freddie for a volunteer, and have none."""
        http = self.freddie.replace("ws://", "http://")
        with urllib.request.urlopen(f"{http}/metrics", timeout=5) as page:
            for line in page.read().decode().splitlines():
                if line.startswith("freddie_consumers_waiting "):
                    return int(line.split()[1])
        raise SystemExit("bench: freddie does not count who waits")

    def ask(self, name, page):
        """Asks the proxy of desktop NAME for PAGE; the answer is still to be read."""
        host, port = self.said(name, "listening")["proxy"].rsplit(":", 1)
        connection = socket.create_connection((host, int(port)), 30)
        connection.sendall(f"GET http://{self.origin}/{page} HTTP/1.1\r\nHost: {self.origin}\r\n"
                           "Connection: close\r\n\r\n".encode())
        return connection
