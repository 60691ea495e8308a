# SPDX-License-Identifier: Apache-2.0
"""CORE 9 itself: one session, by the daemon's gRPC or in this process. Links have no options: they need netem."""

import contextlib
import itertools
import pathlib
import shlex
import sys
import tempfile
from typing import Any, Iterator

from . import service
from .layout import Layout

SWITCH_IDS = 100  # The id of the switch of link 1 is 101.
MALLORY_ID = 99


class Absent(Exception):
    """CORE is not here: one line that says why."""


def not_installed(missing: ImportError) -> Absent:
    return Absent(f"the CORE emulator (coreemu 9) is not installed for this Python: {missing}")


def free_session() -> int:
    """CORE numbers the sessions of one process; those of others, and dead ones, have their directories."""
    place = pathlib.Path(tempfile.gettempdir())
    return next(number for number in itertools.count(1) if not (place / f"pycore.{number}").exists())


def position_of(node: int) -> tuple[int, int]:
    return 100 + 120 * ((node - 1) % 6), 100 + 120 * ((node - 1) // 6)


class Grpc:
    """A session of a core-daemon that runs already."""

    @staticmethod
    def available() -> tuple[Any, Any, Any]:
        try:
            import grpc
            from core.api.grpc import client, wrappers
        except ImportError as missing:
            raise not_installed(missing) from missing
        return grpc, client, wrappers

    def __init__(self, layout: Layout, work: str):
        self.grpc, client, wrappers = self.available()
        self.wrappers = wrappers
        self.client = client.CoreGrpcClient()
        self.client.connect()
        with self.calls():
            self.client.create_service(self.service(), service.templates(work), recreate=True)
            self.session = self.client.create_session()
        try:
            self.build(layout)
            with self.calls():
                started, faults = self.client.start_session(self.session)
            if not started:
                raise Absent("CORE does not start the session: " + "; ".join(faults))
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def calls(self) -> Iterator[None]:
        try:
            yield
        except self.grpc.RpcError as refused:
            if refused.code() == self.grpc.StatusCode.UNAVAILABLE:
                raise Absent("no core-daemon answers") from refused
            raise Absent(f"core-daemon says {refused.code().name}: {refused.details()}") from refused

    def service(self) -> Any:
        return self.wrappers.Service(
            group=service.GROUP,
            name=service.NAME,
            directories=service.DIRECTORIES,
            files=service.FILES,
            startup=service.STARTUP,
            validate=service.VALIDATE,
            shutdown=service.SHUTDOWN,
            validation_mode=self.wrappers.ServiceValidationMode.NON_BLOCKING,
            validation_timer=service.VALIDATION_SECONDS,
            validation_period=1.0,
        )

    def build(self, layout: Layout) -> None:
        wrappers, session = self.wrappers, self.session
        nodes = {}
        for node in layout.nodes:
            x, y = position_of(node)
            nodes[node] = session.add_node(node, name=f"n{node}", position=wrappers.Position(x=x, y=y))
            nodes[node].services = {"IPForward", service.NAME}
        if layout.topology.mallory is not None:
            mallory = session.add_node(MALLORY_ID, name="m", position=wrappers.Position(x=40, y=40))
            mallory.services = {"IPForward"}
        for link, members in enumerate(layout.topology.links, 1):
            ports = [layout.port(node, link) for node in members]
            faces = [
                wrappers.Interface(
                    int(port.device[3:]), name=port.device,
                    ip4=port.four, ip4_mask=24, ip6=port.six, ip6_mask=64,
                )
                for port in ports
            ]
            if not layout.is_switch(link):
                first, second = (nodes[node] for node in members)
                session.add_link(node1=first, node2=second, iface1=faces[0], iface2=faces[1])
                continue
            hub = session.add_node(
                SWITCH_IDS + link, name=f"h{link}", _type=wrappers.NodeType.HUB,
                position=wrappers.Position(x=40, y=100 * link),
            )
            # A link to a switch must name the switch's side, too.
            for index, node in enumerate(members):
                side = wrappers.Interface(index)
                session.add_link(node1=nodes[node], node2=hub, iface1=faces[index], iface2=side)
            if layout.topology.mallory == link:
                session.add_link(
                    node1=mallory, node2=hub,
                    iface1=wrappers.Interface(0, name="eth0"), iface2=wrappers.Interface(len(members)),
                )

    def begin(self, node: str, command: str) -> None:
        """Runs a shell command in a node and does not wait: what a failing one prints would be lost."""
        number = MALLORY_ID if node == "m" else int(node[1:])
        line = f"sh -c {shlex.quote(command)}"
        with self.calls():
            self.client.node_command(self.session.id, number, line, wait=False, shell=True)

    def close(self) -> None:
        try:
            with self.calls():
                self.client.stop_session(self.session.id)
                self.client.delete_session(self.session.id)
        except Absent as absent:
            print(f"core: session {self.session.id} is left to core-daemon: {absent}", file=sys.stderr)
        finally:
            self.client.close()


class InProcess:
    """A session of this very process; no daemon."""

    @staticmethod
    def available() -> tuple[Any, ...]:
        try:
            from core.emulator import coreemu, data, enumerations
            from core.nodes import base, network
            from core.services import base as services
        except ImportError as missing:
            raise not_installed(missing) from missing
        return coreemu, data, enumerations, base, network, services

    def __init__(self, layout: Layout, work: str):
        coreemu, data, enumerations, base, network, services = self.available()
        self.data, self.base, self.network, self.services = data, base, network, services
        self.core = coreemu.CoreEmu()
        try:
            self.core.service_manager.add(self.service(work))
            self.session = self.core.create_session(free_session())
            self.session.set_state(enumerations.EventTypes.CONFIGURATION_STATE)
            self.nodes: dict[str, Any] = {}
            self.build(layout)
            faults = self.session.instantiate()
            if faults:
                raise Absent("CORE does not start the session: " + "; ".join(map(str, faults)))
        except BaseException:
            self.close()
            raise

    def service(self, work: str) -> type:
        # The class was called Service in 9.2 and CoreService since.
        parent = getattr(self.services, "CoreService", None) or self.services.Service
        texts = service.templates(work)
        body = {
            "name": service.NAME,
            "group": service.GROUP,
            "directories": service.DIRECTORIES,
            "files": service.FILES,
            "startup": service.STARTUP,
            "validate": service.VALIDATE,
            "shutdown": service.SHUTDOWN,
            "validation_mode": self.services.ServiceMode.NON_BLOCKING,
            "validation_timer": service.VALIDATION_SECONDS,
            "validation_period": 1.0,
            "get_text_template": lambda self, name: texts[name],
            "__module__": __name__,
        }
        return type("ScroogeService", (parent,), body)

    def add_node(self, number: int, name: str, services: list[str], place: tuple[int, int]) -> Any:
        options = self.base.CoreNode.create_options()
        options.services = services
        position = self.base.Position(x=place[0], y=place[1])
        made = self.session.add_node(
            self.base.CoreNode, _id=number, name=name, position=position, options=options
        )
        self.nodes[name] = made
        return made

    def build(self, layout: Layout) -> None:
        for node in layout.nodes:
            self.add_node(node, f"n{node}", ["IPForward", service.NAME], position_of(node))
        if layout.topology.mallory is not None:
            self.add_node(MALLORY_ID, "m", ["IPForward"], (40, 40))
        for link, members in enumerate(layout.topology.links, 1):
            faces = [
                self.data.InterfaceData(
                    id=int(port.device[3:]), name=port.device,
                    ip4=port.four, ip4_mask=24, ip6=port.six, ip6_mask=64,
                )
                for port in (layout.port(node, link) for node in members)
            ]
            if not layout.is_switch(link):
                self.session.add_link(members[0], members[1], faces[0], faces[1])
                continue
            hub = self.session.add_node(self.network.HubNode, _id=SWITCH_IDS + link, name=f"h{link}")
            for node, face in zip(members, faces):
                self.session.add_link(node, hub.id, face)
            if layout.topology.mallory == link:
                face = self.data.InterfaceData(id=0, name="eth0")
                self.session.add_link(MALLORY_ID, hub.id, face)

    def begin(self, node: str, command: str) -> None:
        self.nodes[node].cmd(f"sh -c {shlex.quote(command)}", wait=False, shell=True)

    def close(self) -> None:
        self.core.shutdown()
