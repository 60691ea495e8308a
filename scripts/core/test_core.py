# SPDX-License-Identifier: Apache-2.0
"""What can be tested of scripts/core without CORE: python3 -m unittest discover scripts/core"""

import contextlib
import io
import os
import pathlib
import py_compile
import subprocess
import sys
import tempfile
import types
import unittest
import unittest.mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from tollway_core import emulator, lab, scenario, service  # noqa: E402
from tollway_core.layout import Layout  # noqa: E402


def names() -> list[str]:
    return sorted(file.stem for file in scenario.directory().glob("*.json"))


class Scenarios(unittest.TestCase):
    def test_all_are_sound(self):
        self.assertIn("line", names())
        for name in names():
            self.assertEqual(scenario.find(name).name, name)

    def test_a_fault_names_file_and_field(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"name": 5}')
            file.flush()
            with self.assertRaises(scenario.Fault) as caught:
                scenario.find(file.name)
            self.assertEqual(str(caught.exception), f"{file.name}: name is not a string")

    def test_settings_say_what_a_node_sells(self):
        split = scenario.find("split")
        self.assertEqual(split.setting(1), scenario.Setting(8, {2: 3, 3: 1}))
        self.assertEqual(split.setting(2), scenario.Setting())


class Layouts(unittest.TestCase):
    def test_a_path_is_the_same_in_both_directions(self):
        for name in names():
            layout = Layout(scenario.find(name).topology)
            for start in layout.nodes:
                for to in layout.nodes:
                    self.assertEqual(layout.path(start, to), layout.path(to, start)[::-1])


class Services(unittest.TestCase):
    layout = Layout(scenario.find("line").topology)

    def test_the_node_fills_in_its_name(self):
        for text in service.templates("/w").values():
            self.assertIn("/w/${node.name}/", text)

    def test_scripts_are_shell(self):
        keys = {1: "K1=", 2: "K2=", 3: "K3="}
        for text in service.node_files(self.layout, 2, keys, "/w o", "/opt/s c").values():
            done = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_share_is_an_option_of_the_daemon(self):
        keys = {1: "K1=", 2: "K2=", 3: "K3="}
        start = service.node_files(self.layout, 2, keys, "/w", "/s", 8)["start"]
        self.assertIn(" --on-tunnel /w/n2/on-tunnel --share 8mbit --json ", start)
        start = service.node_files(self.layout, 2, keys, "/w", "/s")["start"]
        self.assertIn(" --on-tunnel /w/n2/on-tunnel --json ", start)

    def test_the_hook_sets_the_routes_by_a_neighbour(self):
        self.assertEqual(
            service.hook(self.layout, 1, {2: "K2="}),
            """\
#!/bin/sh
[ "$1" = up ] || exit 0
tunnel=$2
route() { ip route replace "$1" dev "$tunnel" || exit 1; }
case "$3 $5" in
'K2= eth0') route 10.77.0.2/32; route fd77::2/128; route 10.77.0.3/32; route fd77::3/128; ;;
esac
""",
        )


class Splits(unittest.TestCase):
    """A split of 8 Mbit/s, three to one, in 8 seconds: what arrived is made up."""

    def results(self, of_two: int, of_three: int) -> list[bool]:
        run = lab.Lab(scenario.find("split"), "scrooge", 1)
        self.addCleanup(run.close)
        counts = {"10.77.0.2": {"bytes": of_two}, "10.77.0.3": {"bytes": of_three}}
        run.offer = lambda step, kbit: {"bySource": counts, "seconds": 8.0}
        with contextlib.redirect_stderr(io.StringIO()):
            run.take(run.scenario.steps[-1])
        return [row["passed"] for row in run.rows]

    def test_what_was_sold_is_divided_by_the_weights(self):
        self.assertEqual(self.results(5_860_000, 1_950_000), [True, True, True])

    def test_an_even_split_is_wrong(self):
        self.assertEqual(self.results(3_905_000, 3_905_000), [False, False, True])

    def test_more_than_was_sold_is_wrong(self):
        self.assertEqual(self.results(7_500_000, 2_500_000), [True, True, False])

    def test_silence_is_wrong(self):
        self.assertEqual(self.results(0, 0), [False, False, False])


class Sessions(unittest.TestCase):
    def test_numbers_of_others_are_left_alone(self):
        with tempfile.TemporaryDirectory() as place:
            with unittest.mock.patch("tempfile.tempdir", place):
                self.assertEqual(emulator.free_session(), 1)
                os.mkdir(f"{place}/pycore.1")
                self.assertEqual(emulator.free_session(), 2)


class Topologies(unittest.TestCase):
    """The calls that build a session, on objects that only write them down."""

    def calls(self, name: str) -> list[tuple]:
        written: list[tuple] = []

        def add_node(number, **given):
            written.append(("node", number, given["name"], given.get("_type", "")))
            return types.SimpleNamespace(id=number)

        def add_link(node1, node2, iface1, iface2):
            written.append(("link", node1.id, node2.id, iface1, iface2))

        wrappers = types.SimpleNamespace(
            Position=lambda x, y: (x, y),
            NodeType=types.SimpleNamespace(HUB="hub"),
            Interface=lambda number, **given: (number, given.get("ip4")),
        )
        core = emulator.Grpc.__new__(emulator.Grpc)
        core.wrappers = wrappers
        core.session = types.SimpleNamespace(add_node=add_node, add_link=add_link)
        core.build(Layout(scenario.find(name).topology))
        return written

    def test_a_cable_joins_two_nodes(self):
        self.assertEqual(
            self.calls("line"),
            [
                ("node", 1, "n1", ""),
                ("node", 2, "n2", ""),
                ("node", 3, "n3", ""),
                ("link", 1, 2, (0, "10.1.1.1"), (0, "10.1.1.2")),
                ("link", 2, 3, (1, "10.1.2.2"), (0, "10.1.2.3")),
            ],
        )

    def test_every_link_to_a_hub_has_a_side_of_its_own(self):
        links = [call for call in self.calls("hub") if call[0] == "link"]
        self.assertEqual([link[4][0] for link in links], list(range(8)))

    def test_mallory_stands_on_her_link(self):
        calls = self.calls("star-replay")
        self.assertIn(("node", 99, "m", ""), calls)
        self.assertIn(("link", 99, 101, (0, None), (2, None)), calls)


class Commands(unittest.TestCase):
    def run_it(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([str(HERE / "run"), *words], capture_output=True, text=True)

    def test_every_file_compiles(self):
        with tempfile.TemporaryDirectory() as out:
            for file in [HERE / "run", *HERE.glob("**/*.py")]:
                py_compile.compile(str(file), cfile=os.path.join(out, "x"), doraise=True)

    @unittest.skipIf(
        __import__("importlib.util").util.find_spec("core") is not None, "CORE is installed"
    )
    def test_without_core_one_line_says_so(self):
        for way in ("--grpc", "--in-process"):
            done = self.run_it("line", way)
            self.assertEqual(done.returncode, 3)
            self.assertRegex(done.stderr, r"\Acore: the CORE emulator .* is not installed.*\n\Z")

    def test_wrong_use_is_told_in_one_line(self):
        with contextlib.redirect_stderr(io.StringIO()):
            done = self.run_it("nowhere")
        self.assertEqual((done.returncode, done.stderr), (2, "core: no scenario and no file 'nowhere'\n"))
        done = self.run_it("line", "--nodes", "1")
        self.assertEqual(done.returncode, 4)
        self.assertEqual(done.stderr, "core: line.json: topology.nodes cannot be 1 with this shape\n")


if __name__ == "__main__":
    unittest.main()
