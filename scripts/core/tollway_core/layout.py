# SPDX-License-Identifier: Apache-2.0
"""Devices, addresses and routes of a topology: the same as `scrooge lab show` prints."""

from dataclasses import dataclass
from typing import Any

from .scenario import LINKS, Topology


@dataclass(frozen=True)
class Port:
    node: int
    link: int
    device: str

    @property
    def four(self) -> str:
        return f"10.1.{self.link}.{self.node}"

    @property
    def six(self) -> str:
        return f"fd01:0:0:{self.link}::{self.node}"


def mesh_four(node: int) -> str:
    return f"10.77.0.{node}"


def mesh_six(node: int) -> str:
    return f"fd77::{node}"


class Layout:
    """Between two nodes one path is the best in both directions: no two paths cost the same."""

    def __init__(self, topology: Topology):
        self.topology = topology
        self.nodes = range(1, topology.nodes + 1)

    def ports(self, node: int) -> list[Port]:
        links = [number for number, link in enumerate(self.topology.links, 1) if node in link]
        return [Port(node, link, f"eth{index}") for index, link in enumerate(links)]

    def port(self, node: int, link: int) -> Port:
        return next(port for port in self.ports(node) if port.link == link)

    def is_switch(self, link: int) -> bool:
        return len(self.topology.links[link - 1]) > 2 or self.topology.mallory == link

    def shared(self, node: int, neighbor: int) -> int:
        return next(
            number
            for number, link in enumerate(self.topology.links, 1)
            if node in link and neighbor in link
        )

    def costs(self, to: int) -> dict[int, int]:
        costs = {to: 0}
        changed = True
        while changed:
            changed = False
            for number, link in enumerate(self.topology.links, 1):
                known = [costs[node] for node in link if node in costs]
                for node in link if known else []:
                    cost = min(known) + self.cost(number)
                    if cost < costs.get(node, cost + 1):
                        costs[node] = cost
                        changed = True
        return costs

    @staticmethod
    def cost(link: int) -> int:
        return (1 << LINKS) + (1 << (link - 1))

    def next_hop(self, start: int, to: int) -> int:
        costs = self.costs(to)
        return min(
            self.topology.neighbors(start),
            key=lambda neighbor: costs[neighbor] + self.cost(self.shared(start, neighbor)),
        )

    def reached_by(self, start: int, neighbor: int) -> list[int]:
        return [to for to in self.nodes if to != start and self.next_hop(start, to) == neighbor]

    def path(self, start: int, to: int) -> list[int]:
        path = [start]
        while path[-1] != to:
            path.append(self.next_hop(path[-1], to))
        return path

    def through_one(self) -> list[list[int]]:
        paths = [self.path(start, to) for start in self.nodes for to in self.nodes if start < to]
        return [path for path in paths if len(path) == 3]

    def plain_routes(self, node: int, six: bool) -> list[str]:
        own = [port.link for port in self.ports(node)]
        routes = []
        for other in self.nodes:
            if other == node:
                continue
            via = self.next_hop(node, other)
            gateway = self.port(via, self.shared(node, via))
            for port in self.ports(other):
                if port.link not in own and six:
                    routes.append(f"{port.six}/128 via {gateway.six}")
                elif port.link not in own:
                    routes.append(f"{port.four}/32 via {gateway.four}")
        return routes

    def json(self) -> dict[str, Any]:
        nodes = []
        for node in self.nodes:
            ports = [
                {"device": port.device, "link": port.link, "four": port.four, "six": port.six}
                for port in self.ports(node)
            ]
            tunnels = {f"n{n}": self.reached_by(node, n) for n in self.topology.neighbors(node)}
            nodes.append(
                {
                    "name": f"n{node}",
                    "mesh": f"{mesh_four(node)},{mesh_six(node)}",
                    "ports": ports,
                    "tunnels": tunnels,
                    "routes": self.plain_routes(node, False) + self.plain_routes(node, True),
                }
            )
        links = range(1, len(self.topology.links) + 1)
        plan: dict[str, Any] = {
            "nodes": nodes,
            "switches": [link for link in links if self.is_switch(link)],
        }
        if self.topology.mallory is not None:
            plan["mallory"] = self.topology.mallory
        return plan
