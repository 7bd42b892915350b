"""Measure irrun, as ratios within one run, so that figures of different machines compare.

Every figure is the median of several runs, or the least of many for what takes microseconds; the
third column names what it is set against.
"""

import json
import random
import statistics
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import msgpack
from bench_engine import engine_rows
from bench_fields import field_rows
from bench_goldens import golden_rows
from bench_loading import loading_rows
from bench_native import native_rows
from bench_numerics import numerics_rows
from bench_start import start_rows
from program_builder import ProgramBuilder, cyclic, opcode
from rich.console import Console
from rich.table import Table

from irrun.program.canonical import encode
from irrun.program.checks.engine import check
from irrun.program.layout import derive_layout
from irrun.program.program import Program
from irrun.program.reading.codec import loads
from irrun.runtime.clock import frame_time
from irrun.runtime.runtime import Runtime
from irrun.trace.observers import TraceRecorder

ROOT: Final = Path(__file__).resolve().parent.parent
CONFORMANCE: Final = ROOT.parent / "shared" / "conformance" / "programs"
REPEATS: Final = 7


def median_seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the median time of several calls, after one that warms up."""
    work()
    times = []
    for _ in range(repeats):
        started = perf_counter()
        work()
        times.append(perf_counter() - started)
    return statistics.median(times)


def largest_program() -> Path:
    """Return the largest real compiled program, or the largest bundled one."""
    found = list(CONFORMANCE.glob("*.json")) or list((ROOT / "programs").glob("*.json"))
    return max(found, key=lambda path: path.stat().st_size)


def run_frames(program: Program, frames: int, *, traced: bool) -> None:
    """Run frames with stubs."""
    observers = [TraceRecorder(())] if traced else []
    runtime = Runtime(program, executors="stub", observers=observers)
    for i in range(frames):
        runtime.run_frame(frame_time(i, 60.0))


def memory_growth(program: Program) -> tuple[int, int]:
    """Return the bytes in use after 1,000 and after 10,000 frames without tracing."""
    tracemalloc.start()
    runtime = Runtime(program, executors="stub")
    marks = []
    for i in range(10_000):
        runtime.run_frame(frame_time(i, 60.0))
        if i + 1 in (1_000, 10_000):
            marks.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return marks[0], marks[1]


def signal_program(nodes: int, written: int) -> Program:
    """Return a program of random signals, the same each time.

    All of them are evaluated: what no other signal uses is summed up in the last one. The last
    `written` are outputs.
    """
    b, pick = ProgramBuilder("bench-signals", cyclic(2000)), random.Random(1)
    ids = [b.signal("timeAbsMs"), b.signal("phase01"), b.signal_const(0.5)]
    while len(ids) < nodes:
        x, y, z = (pick.choice(ids[-20:]) for _ in range(3))
        kind = pick.random()
        if kind < 0.3:
            fn = opcode(pick.choice([110, 111, 120, 121, 124, 125]))
            ids.append(b.signal("map", src=x, fn=fn))
        elif kind < 0.8:
            fn = opcode(pick.choice([100, 101, 102, 103, 130, 131, 105]))
            ids.append(b.signal("zip", a=x, b=y, fn=fn))
        elif kind < 0.9:
            ids.append(b.signal("select", cond=x, t=y, f=z))
        else:
            combine = {"mode": "sum"}
            ids.append(b.signal("busCombine", busIndex=0, terms=[x, y, z], combine=combine))
    used = {o for i in ids for o in operands_of(b, i)}
    rest = [i for i in ids if i not in used]
    ids.append(b.signal("busCombine", busIndex=0, terms=rest, combine={"mode": "sum"}))
    b.time(0, 1, phase01=2)
    outputs = [{"sigId": i, "slot": 3 + i} for i in ids[-written:]]
    b.step("signalEval", "s-all", outputs=outputs)
    return b.program()


def operands_of(b: ProgramBuilder, signal_id: int) -> list[int]:
    """Return the signals that a signal of a document uses."""
    node = b.doc["signalTable"]["nodes"][signal_id]
    named: list[int] = [node[key] for key in ("src", "a", "b", "cond", "t", "f") if key in node]
    return [*named, *node.get("terms", [])]


def signal_seconds(written: int, nodes: int = 200, frames: int = 2000) -> float:
    """Return the median time of one frame of a signal program, untraced."""
    program = signal_program(nodes - 1, written)

    def work() -> None:
        runtime = Runtime(program)
        for i in range(frames):
            runtime.run_frame(frame_time(i, 60.0))

    return median_seconds(work, 5) / frames


def large_program(nodes: int, steps: int) -> Program:
    """Return a program whose steps read each other's slots through signals, the same each time."""
    b, pick = ProgramBuilder("bench-large", cyclic(2000)), random.Random(1)
    b.time(0, 1, phase01=2, wrapEvent=3)
    ids = [b.signal("timeModelMs"), b.signal_const(2)]
    for k in range(steps - 1):
        if k > 3:
            ids.append(b.signal("inputSlot", slot=4 + pick.randrange(k)))
        while len(ids) < (k + 1) * nodes // (steps - 1):
            x, y = pick.choice(ids[-9:]), pick.choice(ids[-9:])
            kind = pick.random()
            if kind < 0.3:
                ids.append(b.signal("map", src=x, fn=opcode(pick.choice([110, 120]))))
            elif kind < 0.5:
                b.cell(f"cell-{len(ids)}")
                state = f"cell-{len(ids)}"
                ids.append(b.signal("stateful", op="integrate", input=x, stateId=state))
            else:
                ids.append(b.signal("zip", a=x, b=y, fn=opcode(100)))
        b.step("signalEval", f"s-{k}", outputs=[{"sigId": ids[-1], "slot": 4 + k}])
    return b.program()


def call_seconds() -> float:
    """Return the median time of one Python function call, to set evaluation against."""

    def work() -> None:
        def nothing() -> None:
            pass

        for _ in range(100_000):
            nothing()

    return median_seconds(work, 5) / 100_000


def rows() -> list[tuple[str, str, str, str]]:
    """Return (what, time, set against, ratio)."""
    path = largest_program()
    program = loads(path.read_bytes())
    as_json, as_msgpack = encode(program, "json"), encode(program, "msgpack")
    found: list[tuple[str, str, str, str]] = []

    def add(what: str, seconds: float, against: str, base: float) -> None:
        found.append((what, f"{seconds * 1000:.2f} ms", against, f"{seconds / base:.2f}"))

    found.extend(start_rows(path))

    plain = median_seconds(lambda: json.loads(as_json))
    add("load JSON", median_seconds(lambda: loads(as_json)), "json.loads", plain)
    packed = median_seconds(lambda: msgpack.unpackb(as_msgpack, strict_map_key=False))
    add("load MessagePack", median_seconds(lambda: loads(as_msgpack)), "msgpack.unpackb", packed)
    loading = median_seconds(lambda: loads(as_json))
    add("derive layout", median_seconds(lambda: derive_layout(program)), "load JSON", loading)

    silent = median_seconds(lambda: run_frames(program, 1000, traced=False)) / 1000
    traced = median_seconds(lambda: run_frames(program, 1000, traced=True)) / 1000
    per_step = silent / len(program.steps)
    found.append(("stub frame, untraced", f"{silent * 1e6:.1f} µs",
                  f"{len(program.steps)} steps", f"{per_step * 1e6:.1f} µs each"))  # fmt: skip
    add("stub frame, traced", traced, "untraced", silent)
    call = call_seconds()
    for written in (1, 200):
        signals = signal_seconds(written)
        what = f"200 signals, {written} written"
        against = f"a call: {call * 1e9:.0f} ns"
        each = f"{signals / 200 * 1e9:.0f} ns each"
        found.append((what, f"{signals * 1e6:.1f} µs", against, each))
    real = median_seconds(lambda: check(program))
    add(f"check {path.name}", real, "load JSON", loading)
    small, large = large_program(10_000, 2_000), large_program(100_000, 20_000)
    base = median_seconds(lambda: check(small), 1)
    add("check 100,000 nodes, 20,000 steps", median_seconds(lambda: check(large), 1),
        "a tenth of it", base)  # fmt: skip
    found.extend(golden_rows(sorted(CONFORMANCE.glob("*.json")) or [path]))
    found.extend(loading_rows(path))
    found.extend(field_rows())
    found.extend(engine_rows())
    found.extend(native_rows())
    found.extend(numerics_rows())
    early, late = memory_growth(program)
    found.append(
        ("memory after 10,000 frames", f"{late:,} B", "after 1,000", f"{late / early:.2f}")
    )
    return found


def main() -> None:
    """Print the table."""
    title = "irrun bench: medians; of fields, projection and functions the least"
    table = Table(title=title, title_justify="left")
    for column in ("what", "time", "set against", "ratio"):
        table.add_column(column, justify="left" if column in ("what", "set against") else "right")
    for row in rows():
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
