"""Programs that the tests of comparisons start from."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import structs
from program_builder import Document, ProgramBuilder, cyclic, opcode
from support.conformance_vectors import PROGRAMS as COMPILED

from irrun.compare.diff.compare import Comparison, diff_programs
from irrun.compare.output.tolerance import Policy
from irrun.program.program import Program
from irrun.program.reading.codec import loads
from irrun.runtime.run import Run

BUNDLED: Final = Path(__file__).resolve().parents[3] / "programs"
NAMES: Final = sorted(path.stem for path in BUNDLED.glob("*.json"))
COMPILED_NAMES: Final = sorted(path.stem for path in COMPILED.glob("*.json"))


@cache
def _text(path: Path) -> bytes:
    return path.read_bytes()


def bundled(name: str) -> Document:
    """Return the document of a bundled program."""
    found: Document = json.loads(_text(BUNDLED / f"{name}.json"))
    return found


def compiled(name: str) -> Document:
    """Return the document of a program that the compiler made of a real patch."""
    path = COMPILED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"there is no folder {COMPILED} with compiled programs")
    found: Document = json.loads(_text(path))
    return found


def program(doc: Document, name: str = "program") -> Program:
    """Return a document as a loaded program."""
    return loads(json.dumps(doc).encode(), name=name)


def copied(doc: Document) -> Document:
    """Return a copy of a document that shares nothing with it, nor within itself."""
    found: Document = json.loads(json.dumps(doc))
    return found


def step(doc: Document, step_id: str) -> Document:
    """Return a step of a document by its id."""
    found: Document = next(s for s in doc["schedule"]["steps"] if s["id"] == step_id)
    return found


def publisher(name: str, slot: int, sort_key: float, **fields: Any) -> Document:
    """Return a publisher of a bus."""
    row = {"publisherId": name, "enabled": True, "sortKey": sort_key, "srcSlot": slot}
    return row | fields


def synth() -> Document:
    """A program with memory, a bus, a chain, a node and an output, all connected.

    s-time -> 0, 1; s-osc: 2 = integral of the phase, 3 = the phase scaled; s-mix: 4 = 2 and 3
    through a bus; s-late: 5 = slot 4 a few frames later; s-node: 6 = 5 + 4, which is the output.
    """
    b = ProgramBuilder("synth", cyclic(1000))
    b.slots(*range(7))
    b.time(0, 1)
    phase = b.signal("phase01", domain="phase01")
    acc = b.signal("stateful", op="integrate", stateId="acc", input=phase)
    three = b.signal_const(3)
    scaled = b.signal("zip", a=phase, b=three, fn=opcode(102))
    b.step("signalEval", "s-osc", outputs=[{"sigId": acc, "slot": 2}, {"sigId": scaled, "slot": 3}])
    b.doc["transforms"] = {"chains": [{"steps": [{"kind": "scaleBias", "scale": 2, "bias": 0.5}]}]}
    bus = b.bus("bus-mix", "last")
    publishers = [publisher("pub-a", 2, 0), publisher("pub-b", 3, 1, transform={"chainId": 0})]
    b.step(
        "busEval",
        "s-mix",
        busIndex=bus,
        outSlot=4,
        publishers=publishers,
        combine={"mode": "last"},
        silent={"kind": "zero"},
        busType={"world": "signal", "domain": "number"},
    )
    mixed = b.signal("inputSlot", slot=4)
    params = {"delayFrames": 3}
    late = b.signal("stateful", op="delayFrames", stateId="late", input=mixed, params=params)
    b.step("signalEval", "s-late", outputs=[{"sigId": late, "slot": 5}])
    add = b.node("add", 100, 2)
    b.step("nodeEval", "s-node", nodeIndex=add, inputSlots=[5, 4], outputSlots=[6], phase="postBus")
    b.output(6, "total", "debug")
    # Signals look into `json` first, so the constants there have the lowest ids.
    b.cell("acc", nodeId="n-acc", role="sum", initialConstId=b.const(0.25, "f64"))
    b.cell("late", nodeId="n-late", role="ring", size=4)
    b.cell("late-at", "i32", nodeId="n-late", role="at")
    return b.document()


def both_run(
    a: Program,
    b: Program,
    times: Sequence[float],
    policy: Policy | None = None,
    **how: Any,
) -> Comparison:
    """Compare two programs, both run at the same times."""
    run = Run(program=a, times=times, **how)
    return diff_programs(run, structs.replace(run, program=b), policy)
