# SPDX-License-Identifier: Apache-2.0
"""The Scrooge service: the scripts that CORE runs in each node. Pure text; Mako fills in ${node.name}."""

import shlex
from typing import Optional

from .layout import Layout, mesh_four, mesh_six

NAME = "Scrooge"
GROUP = "Tollway"
# A directory of each node's own: the sockets of wireguard-go would be shared by all nodes otherwise.
DIRECTORIES = ["/var/run/wireguard"]
FILES = ["prepare.sh", "start.sh", "ready.sh", "stop.sh"]
STARTUP = ["bash prepare.sh", "bash start.sh"]
VALIDATE = ["bash ready.sh"]
SHUTDOWN = ["bash stop.sh"]
VALIDATION_SECONDS = 120

JAVA_OPTIONS = (
    "-XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 -Xms8m -Xmx40m"
    " -XX:ReservedCodeCacheSize=16m -XX:MaxDirectMemorySize=16m"
)


def templates(work: str) -> dict[str, str]:
    """What the service writes into every node. The node's own part is in work/NAME."""
    quoted = shlex.quote(work)
    own = quoted + "/${node.name}"
    return {
        "prepare.sh": f"test ! -e {own}/prepare || sh {own}/prepare\n",
        # A node whose time has not come is left alone.
        "start.sh": f"test -e {own}/later || sh {own}/start\n",
        "ready.sh": f"test -e {own}/later || sh {own}/ready\n",
        "stop.sh": f"test -e {own}/later || sh {own}/stop\n",
    }


def node_files(
    layout: Layout, node: int, keys: dict[int, str], work: str, scrooge: str, share: Optional[int] = None
) -> dict[str, str]:
    """The scripts of one node, by name. It sells so many Mbit/s, or whatever a daemon sells unasked."""
    own = shlex.quote(f"{work}/n{node}")
    program = shlex.quote(scrooge)
    selling = "" if share is None else f" --share {share}mbit"
    lines = [
        "echo 1 > /proc/sys/net/ipv4/ip_forward",
        "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding",
    ]
    # Addresses of fresh devices are tentative for a second or two, and routes by them refused.
    for six, family in ((False, "ip -4"), (True, "ip -6")):
        for route in layout.plain_routes(node, six):
            lines.append(
                f"i=0; until {family} route replace {route} || [ $i -ge 50 ];"
                " do sleep 0.1; i=$((i + 1)); done 2> /dev/null"
            )
    return {
        "prepare": "\n".join(lines) + "\n",
        "on-tunnel": hook(layout, node, keys),
        "start": f"""\
export TOLLWAY_JAVA_OPTS='{JAVA_OPTIONS}'
nohup {program} run -i 'eth*' --address {mesh_four(node)},{mesh_six(node)} --key {own}/key \\
  --control {own}/control --state {own}/state --on-tunnel {own}/on-tunnel{selling} --json \\
  >> {own}/out 2>> {own}/log < /dev/null &
echo $! > {own}/pid
""",
        "ready": f"exec {program} status --control {own}/control\n",
        "stop": f"exec {program} stop --control {own}/control\n",
    }


def hook(layout: Layout, node: int, keys: dict[int, str]) -> str:
    """The program that sets the routes by a tunnel when it comes up."""
    cases = []
    for neighbor in layout.topology.neighbors(node):
        device = layout.port(node, layout.shared(node, neighbor)).device
        routes = "".join(
            f"route {mesh_four(reached)}/32; route {mesh_six(reached)}/128; "
            for reached in layout.reached_by(node, neighbor)
        )
        cases.append(f"'{keys[neighbor]} {device}') {routes};;\n")
    return (
        "#!/bin/sh\n"
        '[ "$1" = up ] || exit 0\n'
        "tunnel=$2\n"
        'route() { ip route replace "$1" dev "$tunnel" || exit 1; }\n'
        'case "$3 $5" in\n' + "".join(cases) + "esac\n"
    )
