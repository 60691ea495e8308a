# SPDX-License-Identifier: Apache-2.0
"""Scenario files, as lib-common/docs/LAB.md describes them. The fault lines are those of `scrooge lab`."""

import json
import pathlib
import re
from dataclasses import dataclass, field
from typing import Any, Optional

NODES = 48
LINKS = 48
SECONDS = 600
SIZE_LIMIT = 64 << 10
SHAPES = ["line", "ring", "star", "grid", "hub", "links"]


class Fault(Exception):
    """A scenario file is wrong: one line that names the field."""


@dataclass(frozen=True)
class Topology:
    shape: str
    nodes: int
    links: list[list[int]]
    mallory: Optional[int] = None

    def neighbors(self, node: int) -> list[int]:
        near = {other for link in self.links if node in link for other in link}
        return sorted(near - {node})


@dataclass(frozen=True)
class Setting:
    """What one node sells: Mbit/s to all neighbours together, and weights by neighbour."""

    share: Optional[int] = None
    weights: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    topology: Topology
    limit: int
    steps: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[int, Setting] = field(default_factory=dict)

    def setting(self, node: int) -> Setting:
        return self.settings.get(node, Setting())


class Fields:
    """A JSON object of which every field must be asked for."""

    def __init__(self, value: Any, where: str):
        if not isinstance(value, dict):
            raise Fault(f"{where or 'the file'} is not an object")
        self.value = value
        self.where = where
        self.left = set(value)

    def path(self, name: str) -> str:
        shown = name if re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name) else "(an odd name)"
        return f"{self.where}.{shown}" if self.where else shown

    def any(self, name: str) -> Any:
        if name not in self.value:
            raise Fault(f"{self.path(name)} is missing")
        self.left.discard(name)
        return self.value[name]

    def object(self, name: str) -> "Fields":
        return Fields(self.any(name), self.path(name))

    def text(self, name: str, limit: int) -> str:
        value = self.any(name)
        if not isinstance(value, str):
            raise Fault(f"{self.path(name)} is not a string")
        if not 0 < len(value) <= limit or re.search(r"[\x00-\x1f\x7f-\x9f]", value):
            raise Fault(f"{self.path(name)} is not one line of at most {limit} characters")
        return value

    def choice(self, name: str, standard: Optional[str], choices: list[str]) -> str:
        if name not in self.value and standard is not None:
            return standard
        value = self.text(name, 64)
        if value not in choices:
            raise Fault(f"{self.path(name)} is not one of {', '.join(choices)}")
        return value

    def number(self, name: str, least: int, most: int, standard: Optional[int] = None) -> int:
        if name not in self.value and standard is not None:
            return standard
        return number(self.any(name), self.path(name), least, most)

    def numbers(self, name: str, fewest: int, many: int, least: int, most: int) -> list[int]:
        return numbers(self.any(name), self.path(name), fewest, many, least, most)

    def done(self) -> None:
        if self.left:
            raise Fault(f"{self.path(min(self.left))} is not a field that is known here")


def number(value: Any, path: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Fault(f"{path} is not a whole number from {least} to {most}")
    return value


def listed(value: Any, path: str, fewest: int, many: int) -> list[Any]:
    if not isinstance(value, list) or not fewest <= len(value) <= many:
        raise Fault(f"{path} is not a list of {fewest} to {many}")
    return value


def numbers(value: Any, path: str, fewest: int, many: int, least: int, most: int) -> list[int]:
    found: list[int] = []
    for index, each in enumerate(listed(value, path, fewest, many)):
        one = number(each, f"{path}[{index}]", least, most)
        if one in found:
            raise Fault(f"{path}[{index}] is there twice")
        found.append(one)
    return found


def links_of(shape: str, nodes: int, fields: Fields) -> list[list[int]]:
    line = [[node, node + 1] for node in range(1, nodes)]
    if shape == "line":
        return line
    if shape == "ring":
        return line + [[1, nodes]]
    if shape == "star":
        return [[1, node] for node in range(2, nodes + 1)]
    if shape == "hub":
        return [list(range(1, nodes + 1))]
    if shape == "grid":
        columns = fields.number("columns", 2, NODES)
        grid = []
        for node in range(1, nodes + 1):
            if node % columns and node < nodes:
                grid.append([node, node + 1])
            if node + columns <= nodes:
                grid.append([node, node + columns])
        return grid
    links = []
    for link in listed(fields.any("links"), fields.path("links"), 1, LINKS):
        links.append(numbers(link, f"{fields.path('links')}[{len(links)}]", 2, nodes, 1, nodes))
    return links


def is_connected(topology: Topology) -> bool:
    reached = [1]
    for node in reached:
        reached += [other for other in topology.neighbors(node) if other not in reached]
    return len(reached) == topology.nodes


def topology_of(fields: Fields, wanted: Optional[int]) -> Topology:
    shape = fields.choice("shape", None, SHAPES)
    least = 3 if shape == "ring" else 2
    nodes = fields.number("nodes", least, NODES)
    if wanted is not None:
        nodes = wanted
        if not least <= nodes <= NODES or shape == "links":
            raise Fault(f"{fields.path('nodes')} cannot be {nodes} with this shape")
    links = links_of(shape, nodes, fields)
    if len(links) > LINKS:
        raise Fault(f"{fields.path('nodes')} makes more than {LINKS} links")
    mallory = fields.number("mallory", 1, len(links)) if "mallory" in fields.value else None
    fields.done()
    topology = Topology(shape, nodes, links, mallory)
    if not is_connected(topology):
        raise Fault(f"{fields.path('links')} leave a node alone")
    return topology


def node_of(fields: Fields, name: str, last: int) -> int:
    if not re.fullmatch("[1-9][0-9]?", name) or int(name) > last:
        raise Fault(f"{fields.path(name)} is no node from 1 to {last}")
    return int(name)


def settings_of(fields: Fields, last: int) -> dict[int, Setting]:
    settings = {}
    for name in fields.value:
        setting = fields.object(name)
        node = node_of(fields, name, last)
        share = setting.number("share", 1, 1000) if "share" in setting.value else None
        weights = {}
        if "weights" in setting.value:
            by_neighbor = setting.object("weights")
            for neighbor in by_neighbor.value:
                weights[node_of(by_neighbor, neighbor, last)] = by_neighbor.number(neighbor, 1, 1000)
        setting.done()
        settings[node] = Setting(share, weights)
    return settings


def step_of(fields: Fields, topology: Topology) -> dict[str, Any]:
    kind = fields.text("step", 32)
    last = topology.nodes
    step: dict[str, Any] = {"step": kind}

    def within(standard: int) -> None:
        step["within"] = fields.number("within", 1, SECONDS, standard)

    if kind == "start":
        everybody = list(range(1, last + 1))
        listed_nodes = "nodes" in fields.value
        step["nodes"] = fields.numbers("nodes", 1, last, 1, last) if listed_nodes else everybody
        within(120)
    elif kind == "converge":
        within(60)
    elif kind == "reach":
        step["from"] = fields.number("from", 1, last, 1)
        step["to"] = fields.number("to", 1, last, last)
        within(30)
    elif kind == "bypass":
        step["expect"] = fields.choice("expect", "dropped", ["dropped", "forwarded"])
        within(30)
    elif kind == "restart":
        step["node"] = fields.number("node", 1, last)
        step["state"] = fields.choice("state", "kept", ["kept", "lost"])
        within(60)
    elif kind == "kill":
        step["rounds"] = fields.number("rounds", 1, 100, 1)
        within(60)
    elif kind == "spoof":
        within(30)
    elif kind == "replay":
        step["seconds"] = fields.number("seconds", 1, 60, 6)
        step["times"] = fields.number("times", 1, 1000, 3)
    elif kind == "flood":
        step["rate"] = fields.number("rate", 1, 20_000, 2000)
        step["seconds"] = fields.number("seconds", 1, 60, 5)
    elif kind == "split":
        step["through"] = fields.number("through", 1, last)
        step["from"] = fields.numbers("from", 1, 8, 1, last)
        step["to"] = fields.number("to", 1, last)
        parts = {step["through"], step["to"], *step["from"]}
        if len(parts) != 2 + len(step["from"]):
            raise Fault(f"{fields.path('from')} names a node that has another part in it")
        step["seconds"] = fields.number("seconds", 2, 60, 6)
        step["tolerance"] = fields.number("tolerance", 1, 100, 10)
    elif kind == "stop":
        within(30)
    else:
        raise Fault(
            f"{fields.path('step')} is not one of start, converge, reach, bypass, restart, kill,"
            " spoof, replay, flood, split, stop"
        )
    fields.done()
    if kind in ("replay", "flood") and topology.mallory is None:
        raise Fault(f"{fields.path('step')} needs topology.mallory, who does it")
    return step


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Fault(f"'{Fields({}, '').path(name)}' is there twice")
        found[name] = value
    return found


def parse(text: str, wanted: Optional[int] = None) -> Scenario:
    try:
        value = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError) as wrong:
        raise Fault(f"not JSON: {wrong}") from wrong
    fields = Fields(value, "")
    name = fields.text("name", 32)
    if not re.fullmatch("[a-z0-9-]+", name):
        raise Fault("name is not made of a-z, 0-9 and -")
    about = fields.text("about", 200)
    topology = topology_of(fields.object("topology"), wanted)
    settings = settings_of(fields.object("nodes"), topology.nodes) if "nodes" in fields.value else {}
    limit = fields.number("limit", 1, 3600)
    steps = []
    for index, step in enumerate(listed(fields.any("steps"), "steps", 1, 64)):
        steps.append(step_of(Fields(step, f"steps[{index}]"), topology))
    fields.done()
    return Scenario(name, about, topology, limit, steps, settings)


def directory() -> pathlib.Path:
    """Beside an installation's share/tollway/core, or in the checkout."""
    here = pathlib.Path(__file__).resolve().parent.parent
    installed = here.parent / "lab"
    if installed.is_dir() and any(installed.glob("*.json")):
        return installed
    return here.parent.parent / "scrooge-cli/src/main/resources/tollway/scrooge/lab"


def find(name_or_file: str, wanted: Optional[int] = None) -> Scenario:
    built_in = directory() / f"{name_or_file}.json"
    known = re.fullmatch("[a-z0-9-]+", name_or_file) and built_in.is_file()
    file = built_in if known else pathlib.Path(name_or_file)
    shown = built_in.name if known else name_or_file
    try:
        with open(file, "rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as missing:
        raise FileNotFoundError(f"no scenario and no file '{name_or_file}'") from missing
    try:
        if len(data) > SIZE_LIMIT:
            raise Fault("is too large for a scenario")
        return parse(data.decode("utf-8", "replace"), wanted)
    except Fault as fault:
        raise Fault(f"{shown}: {fault}") from fault
