"""Programs for the tests of commands and traces, and what running a command comes to."""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from program_builder import ProgramBuilder

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAMS: Final = ROOT / "programs"
BUNDLED: Final = sorted(path.stem for path in PROGRAMS.glob("*.msgpack"))

COMMAND: Final = [sys.executable, "-m", "irrun"]
"""The real command, for a process of its own; give it `environment()`."""


def environment(**changes: str) -> dict[str, str]:
    """Return this environment, changed, with irrun importable from any working folder.

    Below a folder whose name is not ASCII, Python itself cannot start with another encoding than
    UTF-8 where irrun is installed from its checkout: it reads the path as a text of the locale.
    """
    utf8 = {} if str(ROOT).isascii() else {"LC_ALL": "C.UTF-8"}
    return os.environ | {"PYTHONPATH": str(ROOT)} | changes | utf8


class Outcome(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON object that it is."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object to a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Irrun(Protocol):
    """Runs the command line in this process."""

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        """Return what a command came to."""


def bundled(name: str, encoding: str = "msgpack") -> str:
    """Return the path of a bundled program."""
    return str(PROGRAMS / f"{name}.{encoding}")


def save(builder: ProgramBuilder, name: str = "program.json") -> str:
    """Write a program into the working folder; return the file's name."""
    Path(name).write_bytes(builder.bytes())
    return name


def clock(patch_id: str = "clock") -> ProgramBuilder:
    """A program of one step: absolute time in slot 0, model time in slot 1."""
    b = ProgramBuilder(patch_id)
    b.slots(0, 1)
    b.time(0, 1)
    return b


def summing() -> ProgramBuilder:
    """Time, and its integral in slot 2, which is kept in state `sum`."""
    b = clock("summing")
    b.cell("sum")
    b.slot(2)
    time = b.signal("timeAbsMs")
    total = b.signal("stateful", op="integrate", stateId="sum", input=time)
    b.step("signalEval", "s-sum", outputs=[{"sigId": total, "slot": 2}])
    return b


def signals(*slots: int, patch_id: str = "signals") -> ProgramBuilder:
    """A clock, and a signalEval `s-signals` that writes a constant to each given slot."""
    b = clock(patch_id)
    b.slots(*slots)
    one = b.signal_const(1)
    b.step("signalEval", "s-signals", outputs=[{"sigId": one, "slot": slot} for slot in slots])
    return b


def two_writers() -> ProgramBuilder:
    """Steps `s-one` and `s-two` both write slot 2; step `s-three` comes after them."""
    b = clock("two-writers")
    b.slots(2, 3)
    one = b.signal_const(1)
    for step_id, slot in (("s-one", 2), ("s-two", 2), ("s-three", 3)):
        b.step("signalEval", step_id, outputs=[{"sigId": one, "slot": slot}])
    return b


def overlapping_slots() -> ProgramBuilder:
    """Slots 0 and 1 both live at f64[0]: an invalid layout."""
    b = ProgramBuilder("overlapping")
    b.slot(0, offset=0)
    b.slot(1, offset=0)
    b.time(0, 1)
    return b


def reads_unwritten() -> ProgramBuilder:
    """Step `s-sum` reads slot 2, which nothing ever writes."""
    b = clock("reads-unwritten")
    b.slots(2, 3)
    total = b.bus("bus-total", "sum")
    publisher = {"publisherId": "pub", "enabled": True, "sortKey": 0, "srcSlot": 2}
    b.step(
        "busEval",
        "s-sum",
        busIndex=total,
        outSlot=3,
        publishers=[publisher],
        combine={"mode": "sum"},
        silent={"kind": "zero"},
        busType={"world": "signal", "domain": "number"},
    )
    return b


def old_form() -> ProgramBuilder:
    """A renderAssemble in the spelling of the design documents: loads with a note."""
    b = clock("old-form")
    b.step("renderAssemble", "s-render", rootNodeIndex=0, outSlot=2)
    return b


def many_unknown_fields(count: int) -> ProgramBuilder:
    """A program with `count` unknown fields: as many warnings."""
    b = clock("unknown-fields")
    b.doc |= {f"extra{i}": i for i in range(count)}
    return b


def awkward() -> ProgramBuilder:
    """Long ids, wide characters, large numbers, long lists, many cells: hard to fit a table."""
    b = ProgramBuilder("awkward-" + "patch" * 30)
    b.slots(*range(12))
    one = b.signal_const(1)
    b.time(0, 1, step_id="s-" + "clock" * 20)
    outputs = [{"sigId": one, "slot": slot} for slot in range(2, 12)]
    b.step("signalEval", "s-" + "日本語" * 12, outputs=outputs)
    b.initial(5_000_000_000, {"commands": ["語" * 90]})
    b.initial(13, "text " * 40)
    b.output(2, "out-" + "put" * 30, "debug")
    for i in range(3):
        names = {"nodeId": "node" * 12, "role": "role" * 12}
        b.cell(f"cell{i}-" + "c" * 50, size=20, initialConstId=b.const(-1 / 3), **names)
    return b
