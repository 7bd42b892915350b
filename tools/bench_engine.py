"""Measure blocks of frames against the interpreter, and against the same formulas in NumPy.

CPU time, A and B in turn, ratios of medians. What is timed is the computing: a block engine that
has its plan, an interpreter that has run its first frame; and for whole programs a run of 600
frames from nothing, in which planning and the first frame count.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import thread_time
from typing import Any, Final

import numpy as np
from bench_fields import Row, ten_operations
from msgspec.structs import replace
from program_builder import Document, ProgramBuilder, opcode

from irrun.ir.values import Array
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.block.engine import BlockEngine
from irrun.runtime.driver import Driver
from irrun.runtime.run import Engine, Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times

ROOT: Final = Path(__file__).resolve().parent.parent
BUNDLED: Final = ROOT / "programs"
COMPILED: Final = ROOT.parent / "shared" / "conformance" / "programs"
FRAMES: Final = 600
TURN: Final = 0.005
"""Seconds that what is measured takes in a turn, at least."""
ADD, SUB, MUL, SIN, FRACT, ABS, MAX = 100, 101, 102, 110, 124, 120, 131
OPERATIONS: Final[tuple[int, ...]] = (ADD, MUL, SUB, MUL, ADD, FRACT, MUL, SIN, ABS, MAX)
"""What a chain of signals goes through, over and over: one in ten is a sine."""


def medians(*works: Callable[[], Any], repeats: int = 9) -> list[float]:
    """Return the median CPU seconds of a call of each, measured in turns.

    What is short is called several times in a turn: what others have left in the caches is
    not what is measured.
    """
    often = [max(1, round(TURN / _seconds(work, 1))) for work in works]
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, calls, taken in zip(works, often, times, strict=True):
            taken.append(_seconds(work, calls))
    return [statistics.median(taken) for taken in times]


def _seconds(work: Callable[[], Any], calls: int) -> float:
    """Return the CPU seconds of a call."""
    started = thread_time()
    for _ in range(calls):
        work()
    return (thread_time() - started) / calls


class Chain:
    """A chain of signals, and the same by hand over an array of times."""

    def __init__(self, nodes: int, operations: Sequence[int] = OPERATIONS) -> None:
        self.nodes = nodes
        self._operations = [operations[i % len(operations)] for i in range(nodes)]
        drawn = random.Random(nodes)
        # Of a maximum they are small, so that either operand is taken now and then.
        least = [0.05 if operation == MAX else 0.5 for operation in self._operations]
        self._constants = [low + drawn.uniform(0.0, 1.0) * low * 2 for low in least]

    def program(self) -> Program:
        """Return the program: its last signal goes to a slot."""
        b = ProgramBuilder(f"bench-{self.nodes}-signals")
        b.slots(0, 1, 2)
        b.time(0, 1)
        last = b.signal("timeAbsMs")
        for number, constant in self.steps():
            if number in (SIN, FRACT, ABS):
                last = b.signal("map", src=last, fn=opcode(number))
            else:
                last = b.signal("zip", a=last, b=b.signal_const(constant), fn=opcode(number))
        b.step("signalEval", "s-signals", outputs=[{"sigId": last, "slot": 2}])
        return b.program()

    def steps(self) -> list[tuple[int, float]]:
        """Return the opcode and the constant of each signal."""
        return list(zip(self._operations, self._constants, strict=True))

    def by_hand(self, times: Array) -> Array:
        """Return what the slot holds in each frame, with NumPy's own sine."""
        x = times
        for number, constant in self.steps():
            match number:
                case 100:
                    x = x + constant
                case 101:
                    x = x - constant
                case 102:
                    x = x * constant
                case 110:
                    x = np.sin(x)
                case 120:
                    x = np.abs(x)
                case 124:
                    x = x - np.floor(x)
                case _:
                    x = np.maximum(x, constant)
        return x


def stateful() -> Program:
    """Return a program of 20 signals, of which 16 keep something from frame to frame."""
    b = ProgramBuilder("bench-stateful")
    b.slots(0, 1)
    b.time(0, 1)
    phase = b.signal("map", src=b.signal("timeAbsMs"), fn=opcode(SIN))
    gate = b.signal("zip", a=phase, b=b.signal_const(0.3), fn=opcode(ADD))
    operations: list[Document] = [
        {"op": "integrate"},
        {"op": "slew", "params": {"rate": 4.0}},
        {"op": "sampleHold", "params": {"trigger": gate}},
        {"op": "edgeDetectWrap"},
        {"op": "pulseDivider", "params": {"divisions": 4}},
        {"op": "delayFrames", "params": {"delayFrames": 5}},
        {"op": "delayMs", "params": {"delayMs": 100, "bufferSize": 16}},
        {"op": "envelopeAD"},
    ]
    outputs = []
    for i in range(16):
        operation = operations[i % len(operations)]
        size = {"delayFrames": 6, "delayMs": 16}.get(operation["op"], 2)
        b.cell(f"c{i}", size=size)
        sig = b.signal("stateful", stateId=f"c{i}", input=phase, **operation)
        b.slot(2 + i)
        outputs.append({"sigId": sig, "slot": 2 + i})
    b.step("signalEval", "s-state", outputs=outputs)
    return b.program()


class Engines:
    """Both engines on one program, past its first frame."""

    def __init__(self, program: Program) -> None:
        self._by_frame, in_blocks = Runtime(program), Runtime(program)
        in_blocks.run_frame(0.0)
        self._engine = BlockEngine(in_blocks)
        self.block = self._engine.most_frames
        """Frames in a block."""
        self._times = frame_times(self.block, first=1)

    def frame(self) -> None:
        """Run a block's frames one after the other."""
        for t_ms in self._times:
            self._by_frame.run_frame(t_ms)

    def compute(self) -> None:
        """Compute a block."""
        self._engine.compute(self._times)


def signal_rows() -> Iterator[Row]:
    """Yield the figures of signals."""
    for nodes in (200, 16):
        chain = Chain(nodes)
        engines = Engines(chain.program())
        times = np.arange(1.0, engines.block + 1) * 1000 / 60
        frame, block, hand = medians(engines.frame, engines.compute, partial(chain.by_hand, times))
        each = engines.block * nodes / 1e9
        text = f"{block / each:.1f} ns a node and frame"
        yield (
            f"{nodes} signals in blocks",
            text,
            f"x {block / hand:.1f}",
            "NumPy by hand (at most 5)",
        )
        yield f"{nodes} signals, gain", text, f"x {frame / block:.1f}", "the interpreter"
    engines = Engines(stateful())
    frame, block = medians(engines.frame, engines.compute)
    text = f"{block / engines.block / 20 * 1e9:.0f} ns a node and frame"
    yield "20 signals, 16 stateful", text, f"x {frame / block:.1f}", "the interpreter (at least 12)"


def _ten_by_hand(along: Array, times: Array) -> Array:
    """Return the field of `ten_operations` over frames and elements, with NumPy's own sine."""
    moved = along + times
    part = moved * 0.7 % 1
    high = np.floor(part + 0.5)
    limited = np.minimum(np.maximum(np.where(high != 0, part, part - high), 0.1), 0.9)
    wave = np.sin(limited * part * 6.283185307179586)
    total: Array = wave + limited + part
    return total


def field_rows() -> Iterator[Row]:
    """Yield the figures of fields."""
    for elements, wanted in ((100, 3), (10_000, 2.5)):
        engines = Engines(ten_operations(elements))
        along = np.linspace(0.5, 10.5, elements)
        times = np.linspace(0.0, 1.0, engines.block)[:, None]
        by_hand = partial(_ten_by_hand, along, times)
        frame, block, hand = medians(engines.frame, engines.compute, by_hand)
        text = f"{block / engines.block / elements / 10 * 1e9:.2f} ns an element and operation"
        name = f"field of ten operations, {elements:,}"
        yield name, text, f"x {block / hand:.1f}", f"NumPy by hand (at most {wanted})"
        yield f"{name}, gain", text, f"x {frame / block:.1f}", "the interpreter"


def _whole(run: Run, engine: Engine) -> Callable[[], None]:
    asked = replace(run, engine=engine)

    def work() -> None:
        for _ in Driver(asked).frames():
            pass

    return work


def program_rows() -> Iterator[Row]:
    """Yield the figures of whole programs: 600 frames from nothing, seen by nobody."""
    sets = (("bundled", sorted(BUNDLED.glob("*.msgpack")), 8),
            ("compiled", sorted(COMPILED.glob("*.json")), 15))  # fmt: skip
    for name, paths, wanted in sets:
        gains = [_gain(path) for path in paths]
        if gains:
            least = min(range(len(gains)), key=gains.__getitem__)
            mean = statistics.geometric_mean(gains)
            slowest = f"least: {paths[least].stem} x {gains[least]:.2f} (at least 0.95)"
            yield (
                f"{name} programs, {FRAMES} frames",
                slowest,
                f"x {mean:.1f}",
                (f"the interpreter (at least {wanted})"),
            )


def _gain(path: Path) -> float:
    run = Run(program=load(path), times=frame_times(FRAMES))
    frame, block = medians(_whole(run, "frame"), _whole(run, "auto"), repeats=5)
    return frame / block


def engine_rows() -> Iterator[Row]:
    """Yield the figures of the block engine."""
    yield from signal_rows()
    yield from field_rows()
    yield from program_rows()


def show(rows: Sequence[Row]) -> None:
    """Print rows."""
    for row in rows:
        print("  ".join(f"{text:38}" for text in row).rstrip())  # noqa: T201


if __name__ == "__main__":
    for row in engine_rows():
        show([row])
