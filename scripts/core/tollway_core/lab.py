# SPDX-License-Identifier: Apache-2.0
"""Takes the steps of a scenario in an emulator, and writes down what it sees."""

import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Optional

from . import service
from .layout import Layout, mesh_four, mesh_six
from .scenario import Scenario

NOBODY = "10.77.99.99"
PORT = 9099
PAYLOAD = 1200  # What an agent sends in a datagram.
HEADERS = 28  # IPv4 and UDP: a share counts packets.
START_SECONDS = 10  # Until the last virtual machine runs.
MEMORY = 32 << 10  # KiB


class Failed(Exception):
    """A step cannot go on: one line."""


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


class Lab:
    def __init__(self, scenario: Scenario, scrooge: str, seed: int):
        self.scenario = scenario
        self.layout = Layout(scenario.topology)
        self.scrooge = scrooge
        self.random = random.Random(seed)
        self.rows: list[dict[str, Any]] = []
        self.commands = 0
        self.end = time.monotonic() + scenario.limit
        self.work = tempfile.mkdtemp(prefix="tollway-core-")
        self.emulator: Any = None

    # --- what is on the host: keys, scripts, control sockets

    def prepare(self) -> None:
        keys = {}
        for node in self.layout.nodes:
            os.mkdir(f"{self.work}/n{node}")
            keys[node] = self.host("keygen", "-o", f"{self.work}/n{node}/key").split()[0]
        self.keys = keys
        first = self.scenario.steps[0]
        early = first["nodes"] if first["step"] == "start" else []
        for node in self.layout.nodes:
            share = self.scenario.setting(node).share
            files = service.node_files(self.layout, node, keys, self.work, self.scrooge, share)
            if node not in early:
                files["later"] = ""
            for name, text in files.items():
                with open(f"{self.work}/n{node}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
                os.chmod(f"{self.work}/n{node}/{name}", 0o700)

    def host(self, *words: str) -> str:
        done = subprocess.run([self.scrooge, *words], capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise Failed(done.stderr.strip())
        return done.stdout

    def ask(self, node: int, *words: str) -> Optional[dict[str, Any]]:
        control = f"{self.work}/n{node}/control"
        try:
            return json.loads(self.host(*words, "--control", control, "--json"))
        except Failed:
            return None

    # --- what is inside of the nodes

    def begin(self, node: str, command: str) -> str:
        """Starts a command; its output and its exit code go to files, which nothing loses."""
        self.commands += 1
        base = f"{self.work}/command-{self.commands}"
        quoted = shlex.quote(base)
        self.emulator.begin(
            node, f"( {command} ) > {quoted}.out 2> {quoted}.err; echo $? > {quoted}.new;"
            f" mv {quoted}.new {quoted}.rc"
        )
        return base

    def finish(self, base: str, within: float) -> tuple[int, str]:
        deadline = time.monotonic() + within
        while not os.path.exists(base + ".rc"):
            if time.monotonic() > deadline:
                raise Failed("a command in a node does not end")
            time.sleep(0.05)
        with open(base + ".rc", encoding="ascii") as code, open(base + ".out", encoding="utf-8") as out:
            return int(code.read()), out.read()

    def run(self, node: str, command: str, within: float = 30) -> tuple[int, str]:
        return self.finish(self.begin(node, command), within)

    def begin_agent(self, node: str, *words: str) -> str:
        line = " ".join(shlex.quote(word) for word in (self.scrooge, "lab", "agent", *words))
        return self.begin(node, line)

    def finish_agent(self, base: str, within: float) -> dict[str, Any]:
        """An agent's last line is its answer."""
        code, out = self.finish(base, within)
        if code:
            with open(base + ".err", encoding="utf-8") as file:
                said = file.read().strip().splitlines() or ["it says nothing"]
            raise Failed(f"an agent failed: {said[0]}")
        return json.loads(out.splitlines()[-1])

    def agent(self, node: str, within: float, *words: str) -> dict[str, Any]:
        return self.finish_agent(self.begin_agent(node, *words), within)

    def begin_receiver(self, node: int, port: int, seconds: int, after: int) -> str:
        """Counts what arrives after a time of day, in milliseconds; it listens already."""
        receiver = self.begin_agent(f"n{node}", "receive", str(port), str(seconds), str(after))
        deadline = time.monotonic() + 20
        while not (os.path.exists(receiver + ".out") and os.path.getsize(receiver + ".out")):
            if time.monotonic() > deadline:
                raise Failed(f"no receiver in n{node}")
            time.sleep(0.05)
        return receiver

    # --- rows

    def write(self, node: str, check: str, begun: float, fault: Optional[str]) -> None:
        row: dict[str, Any] = {"node": node, "check": check, "passed": fault is None}
        row["seconds"] = round(time.monotonic() - begun, 2)
        if fault is not None:
            row["detail"] = fault
        self.rows.append(row)
        result = "ok" if fault is None else f"FAILED: {fault}"
        print(f"  {node} {check}: {result} ({row['seconds']} s)", file=sys.stderr)

    def look(self, node: str, check: str, fault: Callable[[], Optional[str]], within: float = 0) -> None:
        begun = time.monotonic()
        deadline = min(begun + within, self.end)
        found = fault()
        while found is not None and time.monotonic() < deadline:
            time.sleep(0.2)
            found = fault()
        self.write(node, check, begun, found)

    def passed(self) -> bool:
        return all(row["passed"] for row in self.rows)

    # --- what can be seen

    def tunnels(self, node: int) -> Optional[str]:
        wanted = {
            (self.keys[other], port.device)
            for port in self.layout.ports(node)
            for other in self.layout.topology.links[port.link - 1]
            if other != node
        }
        answer = self.ask(node, "tunnel", "list")
        if answer is None:
            return "the daemon does not answer"
        opened = {
            (tunnel["publicKey"], tunnel["interface"])
            for tunnel in answer["tunnels"]
            if tunnel["state"] == "TUNNEL"
        }
        if opened == wanted:
            return None
        return f"{len(opened)} of {len(wanted)} tunnels are open"

    def pings(self, commands: dict[str, tuple[int, str]]) -> set[str]:
        """All at once; the names of those that were answered."""
        running = {
            name: self.begin(f"n{node}", f"ping -n -q -c 1 -W 1 {rest}")
            for name, (node, rest) in commands.items()
        }
        return {name for name, base in running.items() if self.finish(base, 30)[0] == 0}

    def mesh_pings(self, start: int, to: int) -> dict[str, tuple[int, str]]:
        return {
            "IPv4": (start, f"-I {mesh_four(start)} {mesh_four(to)}"),
            "IPv6": (start, f"-I {mesh_six(start)} {mesh_six(to)}"),
        }

    def reaches(self, start: int, to: int) -> Optional[str]:
        pings = self.mesh_pings(start, to)
        missing = sorted(set(pings) - self.pings(pings))
        return f"n{start} does not reach n{to} by {missing}" if missing else None

    def around(self, paths: list[list[int]], forwarded: bool) -> Optional[str]:
        pings = {}
        for start, middle, to in paths:
            port = self.layout.port(to, self.layout.shared(middle, to))
            pings[f"n{start} to n{to} around n{middle}'s tunnels by IPv4"] = (start, port.four)
            pings[f"n{start} to n{to} around n{middle}'s tunnels by IPv6"] = (start, port.six)
        answered = self.pings(pings)
        wrong = sorted(set(pings) - answered) if forwarded else sorted(answered)
        if not wrong:
            return None
        return ("dropped: " if forwarded else "forwarded: ") + wrong[0]

    def acquaintances(self, node: int) -> set[tuple[str, str, str]]:
        answer = self.ask(node, "neighbors") or {"neighbors": []}
        return {(n["publicKey"], n["interface"], n["controlAddress"]) for n in answer["neighbors"]}

    def drops(self, node: int, reasons: list[str]) -> int:
        answer = self.ask(node, "status") or {"messages": {}}
        return sum(answer["messages"].get(reason, 0) for reason in reasons)

    def memory(self, node: int) -> int:
        _, out = self.run(f"n{node}", f"grep VmRSS: /proc/$(cat {self.work}/n{node}/pid)/status")
        return int(out.split()[1]) if out else 0

    # --- steps

    def take(self, step: dict[str, Any]) -> None:
        getattr(self, "step_" + step["step"])(step)

    def start(self, nodes: list[int], within: float) -> None:
        for node in nodes:
            later = f"{self.work}/n{node}/later"
            if os.path.exists(later):
                os.remove(later)
                self.run(f"n{node}", f"sh {self.work}/n{node}/start")
            deadline = time.monotonic() + within
            while self.ask(node, "status") is None:
                if time.monotonic() > deadline:
                    raise Failed(f"n{node} does not start within {within} s")
                time.sleep(0.2)

    def step_start(self, step: dict[str, Any]) -> None:
        begun = time.monotonic()
        self.start(step["nodes"], step["within"])
        for node in step["nodes"]:
            self.weigh(node)
        self.write("all", f"start of {len(step['nodes'])} daemons", begun, None)

    def weigh(self, node: int) -> None:
        """What the scenario says that its neighbours are worth; kept by the daemon from now on."""
        for neighbor, weight in self.scenario.setting(node).weights.items():
            self.host("weight", self.keys[neighbor], str(weight), "--control", f"{self.work}/n{node}/control")

    def step_converge(self, step: dict[str, Any]) -> None:
        for node in self.layout.nodes:
            count = len(self.layout.topology.neighbors(node))
            self.look(
                f"n{node}", f"tunnels with {counted(count, 'neighbour')}",
                lambda node=node: self.tunnels(node), step["within"],
            )

    def step_reach(self, step: dict[str, Any]) -> None:
        start, to = step["from"], step["to"]
        hops = len(self.layout.path(start, to)) - 1
        self.look(
            f"n{start}", f"reaches n{to} by {counted(hops, 'tunnel')}",
            lambda: self.reaches(start, to), step["within"],
        )

    def step_bypass(self, step: dict[str, Any]) -> None:
        paths = self.layout.through_one()[:24]
        forwarded = step["expect"] == "forwarded"
        what = f"{len(paths)} paths around the tunnels: {'open' if forwarded else 'dropped'}"
        self.look("all", what, lambda: self.around(paths, forwarded), step["within"] if forwarded else 0)

    def kill(self, node: int) -> None:
        self.run(f"n{node}", f"kill -9 $(cat {self.work}/n{node}/pid)")
        with open(f"{self.work}/n{node}/later", "w", encoding="ascii"):
            pass
        paths = [path for path in self.layout.through_one() if path[1] == node][:4]
        if paths:
            self.look(f"n{node}", "killed: its policy stands", lambda: self.around(paths, False))

    def comes_back(self, node: int, what: str, within: float) -> None:
        self.start([node], within)
        concerned = [*self.layout.topology.neighbors(node), node]
        self.look(
            f"n{node}", f"{what}: tunnels on both sides",
            lambda: next(filter(None, map(self.tunnels, concerned)), None), within,
        )
        last = self.layout.topology.nodes
        self.look("n1", f"{what}: reaches n{last}", lambda: self.reaches(1, last), within)

    def step_restart(self, step: dict[str, Any]) -> None:
        node = step["node"]
        self.kill(node)
        if step["state"] == "lost":
            links = "ip -o link show | sed -n 's/^[0-9]*: \\(tw[a-z2-7]*\\)[@:].*/\\1/p'"
            self.run(f"n{node}", f"for link in $({links}); do ip link delete dev $link; done")
            shutil.rmtree(f"{self.work}/n{node}/state", ignore_errors=True)
        how = "with" if step["state"] == "kept" else "without"
        self.comes_back(node, f"restarted {how} state", step["within"])

    def step_kill(self, step: dict[str, Any]) -> None:
        for number in range(1, step["rounds"] + 1):
            node = self.random.randint(1, self.layout.topology.nodes)
            self.kill(node)
            self.comes_back(node, f"round {number}", step["within"])

    def arrives(self, start: int, to: int, source: str) -> bool:
        own = source == mesh_four(start)
        if not own:
            self.run(f"n{start}", f"ip address add {source}/32 dev lo")
        receiver = self.begin_receiver(to, PORT, 4, 0)
        self.agent(f"n{start}", 20, "send", source, mesh_four(to), str(PORT), "200", "1", "0")
        heard = self.finish_agent(receiver, 20)
        if not own:
            self.run(f"n{start}", f"ip address delete {source}/32 dev lo")
        return source in heard["bySource"]

    def step_spoof(self, step: dict[str, Any]) -> None:
        paths = self.layout.through_one()
        if not paths:
            raise Failed("no two nodes need a third: nobody to be fooled")
        start, through, to = paths[-1]
        own = mesh_four(start)
        what = f"what n{start} sends to n{to}"
        self.look(
            f"n{through}", f"{what} as itself arrives",
            lambda: None if self.arrives(start, to, own) else "nothing arrived", step["within"],
        )
        self.look(
            f"n{through}", f"{what} as {NOBODY} is dropped",
            lambda: "it arrived" if self.arrives(start, to, NOBODY) else None,
        )
        other = next(n for n in self.layout.topology.neighbors(through) if n != start)
        device = self.layout.port(start, self.layout.shared(start, through)).device
        before, counts = self.acquaintances(through), ["FORGED", "OVER_BUDGET"]
        drops = self.drops(through, counts)
        self.agent(f"n{start}", 20, "forge", device, self.keys[other], "5")

        def fault() -> Optional[str]:
            if self.acquaintances(through) != before:
                return "it knows other neighbours than before"
            return None if self.drops(through, counts) > drops else "it counts no forged message"

        self.look(f"n{through}", f"messages forged in n{other}'s name change nothing", fault, 5)

    def near(self) -> list[int]:
        return self.layout.topology.links[(self.layout.topology.mallory or 1) - 1]

    def step_replay(self, step: dict[str, Any]) -> None:
        begun = time.monotonic()
        file = f"{self.work}/recorded-{self.commands}"
        seconds = step["seconds"]
        recorded = self.agent("m", seconds + 30, "record", "eth0", str(seconds), file)["recorded"]
        self.write("m", f"records {recorded} messages", begun, None if recorded else "nobody said anything")
        counts = ["STALE", "OWN", "OVER_BUDGET"]
        before = {node: (self.acquaintances(node), self.drops(node, counts)) for node in self.near()}
        self.agent("m", 120, "replay", "eth0", file, str(step["times"]))
        for node, (known, drops) in before.items():

            def fault(node: int = node, known: Any = known, drops: int = drops) -> Optional[str]:
                if self.acquaintances(node) != known:
                    return "it knows other neighbours than before"
                return self.tunnels(node) if self.drops(node, counts) > drops else "it counts no repetition"

            self.look(f"n{node}", f"messages replayed {step['times']} times change nothing", fault, 5)

    def step_flood(self, step: dict[str, Any]) -> None:
        begun = time.monotonic()
        first, second = self.near()[:2]
        memory = {node: self.memory(node) for node in self.near()}
        seconds = str(step["seconds"])
        pinging = self.begin(f"n{first}", f"ping -n -q -i 0.2 -w {seconds} -W 1 {mesh_four(second)}")
        seed = str(self.random.randrange(1_000_000))
        sent = self.agent("m", step["seconds"] + 30, "noise", "eth0", str(step["rate"]), seconds, seed)["sent"]
        _, out = self.finish(pinging, 30)
        loss = float(out.split("% packet loss")[0].split()[-1]) if "% packet loss" in out else 100.0
        what = f"{sent} datagrams of rubbish: pings of n{second} go on"
        self.write(f"n{first}", what, begun, None if loss <= 5 else f"{loss} % lost")
        for node in self.near():
            self.look(f"n{node}", "answers and has its tunnels", lambda node=node: self.tunnels(node))
            grown = self.memory(node) - memory[node]
            self.look(
                f"n{node}", "its memory grew by less than 32 MiB",
                lambda grown=grown: None if grown < MEMORY else f"{grown} KiB",
            )

    def step_split(self, step: dict[str, Any]) -> None:
        begun = time.monotonic()
        through = f"n{step['through']}"
        setting = self.scenario.setting(step["through"])
        if setting.share is None:
            raise Failed(f"{through} sells nothing")
        heard = self.offer(step, setting.share * 1000)
        arrived = {
            node: heard["bySource"].get(mesh_four(node), {"bytes": 0})["bytes"] for node in step["from"]
        }
        weights = {node: setting.weights.get(node, 1) for node in step["from"]}
        total = sum(arrived.values())

        def compare(what: str, got: float, due: float) -> None:
            error = 100 * abs(got - due) / due
            self.write(through, what, begun, None if error <= step["tolerance"] else f"off by {error:.1f} %")

        for node in step["from"]:
            got, due = 100 * arrived[node] / max(total, 1), 100 * weights[node] / sum(weights.values())
            compare(f"n{node} gets {got:.1f} % of the share, due {due:.1f} %", got, due)
        passing = total * 8 * (PAYLOAD + HEADERS) / PAYLOAD / max(heard["seconds"], 0.001) / 1e6
        compare(f"{passing:.2f} of {setting.share} Mbit/s pass", passing, setting.share)

    def offer(self, step: dict[str, Any], kbit: int) -> dict[str, Any]:
        """Everybody offers all that there is; the first second, in which queues fill, does not count."""
        at = int(time.time() + START_SECONDS) * 1000
        seconds = step["seconds"]
        receiver = self.begin_receiver(step["to"], PORT, seconds + START_SECONDS + 2, at + 1000)
        target = mesh_four(step["to"])
        senders = [
            self.begin_agent(
                f"n{node}", "send", mesh_four(node), target, str(PORT), str(kbit), str(seconds), str(at)
            )
            for node in step["from"]
        ]
        for sender in senders:
            self.finish_agent(sender, seconds + 20)
        return self.finish_agent(receiver, seconds + 20)

    def step_stop(self, step: dict[str, Any]) -> None:
        for node in self.layout.nodes:
            begun = time.monotonic()
            _, said = self.run(f"n{node}", f"sh {self.work}/n{node}/stop 2>&1", step["within"])
            with open(f"{self.work}/n{node}/later", "w", encoding="ascii"):
                pass
            _, left = self.run(f"n{node}", "ip -o link show | grep -o ' tw[a-z2-7]*[@:]'; nft list tables")
            left = (said + left).strip()
            self.write(f"n{node}", "stops and leaves nothing", begun, f"left: {left}" if left else None)

    def close(self) -> None:
        try:
            if self.emulator is not None:
                self.emulator.close()
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
